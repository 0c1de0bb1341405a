"""The cases of a repository: each folder `evals/NAME` with a case.toml, a change.patch and what a script would say."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from proposer.errors import UsageError
from proposer.proving.evals import Case, parse

__all__ = ["CASSETTE", "FOLDER", "SCRIPT", "Entry", "casebook"]

FOLDER = "evals"
SCRIPT, CASSETTE = "script.json", "cassette"
_CASE, _PATCH = "case.toml", "change.patch"
_EXAMPLE = "docs/how-to/evals.md of proposer shows one"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One case as it lies in the repository. `where` is its folder, relative to the repository."""

    name: str
    where: str
    folder: Path
    case: Case
    patch: bytes


def casebook(root: Path, name: str = "") -> list[Entry]:
    """Read the cases that a name or a pattern (`clean-*`) means; all of them where it is empty.

    Raises:
        UsageError: there are no cases, none of that name, or a file of one is missing or cannot be read.
    """
    names = sorted(path.name for path in (root / FOLDER).glob("[!._]*") if path.is_dir())
    if not names:
        raise UsageError(f"this repository has no {FOLDER}/NAME/{_CASE}", f"write a case: {_EXAMPLE}")
    return [_entry(root, one) for one in _chosen(names, name)]


def _chosen(names: Iterable[str], name: str) -> list[str]:
    known = list(names)
    found = [one for one in known if fnmatchcase(one, name or "*")]
    if not found:
        near = get_close_matches(name, known, n=3, cutoff=0.3) or known[:3]
        raise UsageError(f"there is no eval {name!r}", f"near: {', '.join(near)}; all: inv codex.eval")
    return found


def _entry(root: Path, name: str) -> Entry:
    where = f"{FOLDER}/{name}"
    case = parse(_bytes(root, f"{where}/{_CASE}"), f"{where}/{_CASE}")
    patch = _bytes(root, f"{where}/{_PATCH}")
    return Entry(name=name, where=where, folder=root / where, case=case, patch=patch)


def _bytes(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", f"add the file, or remove the case: {_EXAMPLE}") \
            from error  # fmt: skip
