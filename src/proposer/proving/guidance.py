"""Checks what instructs Codex: names in AGENTS.md and skills exist, the chain fits, and it arrives in a request."""

import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from proposer import digests
from proposer.config.lockfile import Lock
from proposer.errors import UsageError
from proposer.invocation.binary import Binary
from proposer.proving.inventory import Inventory
from proposer.proving.mentions import mentions
from proposer.proving.rehearsal import rehearse

__all__ = ["arrives", "fits", "missing"]

_NAMES = ("AGENTS.md", "AGENTS.override.md")
_SKILLS = ".agents/skills/"
_BUDGET = 32_768
"""Bytes of project instructions that Codex reads; `project_doc_max_bytes` of `.codex/config.toml` changes it."""


def missing(root: Path, files: Mapping[str, bytes], tasks: Collection[str]) -> list[str]:
    """Return one sentence for each name in an AGENTS.md or a skill that nothing here bears.

    Args:
        root: the repository; its own `tasks.py` and `noxfile.py` are read, never run.
        files: the pinned files of the working tree.
        tasks: names of this library's tasks, such as `codex.review`.
    """
    known = Inventory(root, tasks)
    return [
        f"{path}:{mention.line} names {mention.name}, which is {absent}"
        for path in sorted(files)
        if _instructs(path)
        for mention in mentions(files[path].decode(errors="replace"))
        if (absent := known.absent(mention, PurePosixPath(path).parent))
    ]


def _instructs(path: str) -> bool:
    name = PurePosixPath(path)
    return "{" not in path and (name.name in _NAMES or (path.startswith(_SKILLS) and name.suffix == ".md"))


def fits(files: Mapping[str, bytes]) -> str:
    """Return how large the longest chain of AGENTS.md is.

    Codex joins one file of each folder from the top to where it works, and cuts what is over its budget.

    Raises:
        UsageError: a chain does not fit.
    """
    try:
        budget = int(tomllib.loads(files.get(".codex/config.toml", b"").decode()).get("project_doc_max_bytes", _BUDGET))
    except (ValueError, TypeError):
        budget = _BUDGET
    sizes = {PurePosixPath(path).parent: len(data) for path, data in sorted(_chain(files).items())}
    longest, at = 0, PurePosixPath()
    for folder in sizes:
        size = sum(sizes.get(one, 0) for one in (folder, *folder.parents))
        if size > longest:
            longest, at = size, folder
    where = "the top" if str(at) == "." else str(at)
    if longest > budget:
        raise UsageError(
            f"the AGENTS.md chain down to {where} has {longest} bytes; codex reads {budget} and cuts the rest",
            "move what only some work needs into a skill or a module's own AGENTS.md",
        )
    return f"the longest AGENTS.md chain (down to {where}) has {longest} of {budget} bytes"


def _chain(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that count: an override replaces the AGENTS.md of its folder."""
    return {
        path: data
        for path, data in files.items()
        if PurePosixPath(path).name in _NAMES
        and "{" not in path
        and (path.endswith(_NAMES[1]) or str(PurePosixPath(path).with_name(_NAMES[1])) not in files)
    }


def arrives(files: Mapping[str, bytes], *, binary: Binary, lock: Lock) -> str:
    """Put a word at the head and at the end of each AGENTS.md and look for them in a real request; skills by name.

    Args:
        files: the pinned files of the working tree.
        binary: the installed binary.
        lock: chooses model and effort.

    Returns:
        What arrived.

    Raises:
        UsageError: something did not; the message names the first.
        StopError: there was no request to look at (`unavailable`).
    """
    chain = _chain(files)
    words = {path: f"sentinel-{digests.of_bytes(path.encode())[:12]}" for path in chain}
    marked = {
        path: f"{words[path]}-head\n\n".encode() + data + f"\n\n{words[path]}-end\n".encode()
        for path, data in chain.items()
    }
    skills = sorted(path for path in files if path.startswith(_SKILLS) and path.endswith("/SKILL.md"))
    sent = rehearse([], binary=binary, lock=lock, files={**files, **marked})
    text = json.dumps(sent[0]["input"], ensure_ascii=False) if sent else ""
    lost = [path for path, word in words.items() if f"{word}-head" not in text or f"{word}-end" not in text]
    if lost:
        raise UsageError(
            f"{lost[0]} does not arrive whole in a request of codex", "shorten it, then run: inv codex.doctor"
        )
    unlisted = [path for path in skills if f"{path.removeprefix(_SKILLS)})" not in text]
    if unlisted:
        hint = "its front matter needs a description, and a name of at most 64 characters"
        raise UsageError(f"codex does not list the skill {unlisted[0]}", hint)
    return f"{len(chain)} AGENTS.md and {len(skills)} skill(s) arrive in a request"
