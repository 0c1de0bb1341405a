"""A copy of a repository in which attacks may hit: its files, one commit, no shared objects, no remote that answers."""

import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from proposer.config import assets, lockfile
from proposer.config import lock as locks
from proposer.config.settings import SETTINGS_NAME
from proposer.git import Git
from proposer.proving.drill import Planted

__all__ = ["WORKFLOW", "Repository"]

WORKFLOW = "drill"
_PROMPT, _SCHEMA = ".proposer-drill/prompt.md", ".proposer-drill/answer.schema.json"
_MODES = {"file": "100644", "executable": "100755", "symlink": "120000", "submodule": "160000"}


class Repository:
    """The copy; commits are made by plumbing, so its working tree stays as it was."""

    def __init__(self, root: Path, index: Path) -> None:
        self.root = root
        self.git = Git(cwd=root, environment={"GIT_INDEX_FILE": str(index)})
        self.first = ""
        self._bases: dict[str, str] = {}

    @classmethod
    def copied(cls, source: Path, target: Path, index: Path, *, without: str = "") -> "Repository":
        """Copy the files that git tracks or would track, and commit them.

        Args:
            source: top folder of a repository.
            target: becomes the copy.
            index: a file beside the copy, for this library's own commits.
            without: start of paths that are left out.
        """
        target.mkdir()
        listed = Git(cwd=source)("ls-files", "-z", "--cached", "--others", "--exclude-standard").split(b"\0")
        for name in {row.decode(errors="surrogateescape") for row in listed if row}:
            here, there = source / name, target / name
            if without and name.startswith(without):
                continue
            if here.is_symlink() or here.is_file():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(here, there, follow_symlinks=False)
        git = Git(cwd=target)
        git("init", "-q", "-b", "main", "--template=")
        git("add", "--all", "--force")
        git("commit", "-q", "--no-verify", "--allow-empty", "-m", "the repository as it stands")
        made = cls(target, index)
        made.first = git.text("rev-parse", "HEAD")
        return made

    def base(self, settings: Mapping[str, Any], files: Sequence[Planted], sandbox: str) -> str:
        """Return a commit that adds the workflow of the drills, with its lock; everything else is the repository's.

        Args:
            settings: laid over proposer.toml.
            files: more files of the trusted base.
            sandbox: of the workflow.
        """
        key = repr((settings, files, sandbox))
        if key not in self._bases:
            self._bases[key] = self._based(settings, files, sandbox)
        return self._bases[key]

    def _based(self, settings: Mapping[str, Any], files: Sequence[Planted], sandbox: str) -> str:
        pinned = locks.of_tree(self.git, self.first)
        table = {
            "summary": "A scripted attack.",
            "prompt": _PROMPT,
            "schema": _SCHEMA,
            "sandbox": sandbox,
            "block": ["P0", "P1"],
            "allowed": ["**"],
        }
        document = _laid(tomllib.loads((pinned.settings or b"").decode()), {"workflows": {WORKFLOW: table}})
        own = [
            Planted(path=_PROMPT, text=(assets.folder("prompts") / "review.md").read_text(encoding="utf-8")),
            Planted(path=_SCHEMA, text=(assets.folder("schemas") / "review.schema.json").read_text(encoding="utf-8")),
            Planted(path=SETTINGS_NAME, text=tomli_w.dumps(_laid(document, settings))),
        ]
        unlocked = self.change(self.first, [*files, *own])
        lock = locks.read(pinned.lock_text, "the working tree")
        lock = replace(lock, files=locks.of_tree(self.git, unlocked).digests())
        return self.change(unlocked, [Planted(path=lockfile.LOCK_NAME, text=lockfile.render(lock))])

    def change(self, parent: str, files: Sequence[Planted]) -> str:
        """Return a commit that adds or replaces files."""
        git = self.git
        git("read-tree", parent)
        rows = []
        for file in files:
            text = file.text.encode(errors="surrogateescape")
            oid = parent if file.kind == "submodule" else git.text("hash-object", "-w", "--stdin", stdin=text)
            rows.append(f"{_MODES[file.kind]} {oid}\t{file.path}\0".encode())
        git("update-index", "-z", "--index-info", stdin=b"".join(rows))
        return git.text("commit-tree", git.text("write-tree"), "-p", parent, "-m", "a change")


def _laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with another one laid over it, tables in tables too."""
    laid = dict(below)
    for key, value in above.items():
        old = laid.get(key)
        laid[key] = _laid(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return laid
