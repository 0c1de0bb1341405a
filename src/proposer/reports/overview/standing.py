"""Whether a finding still stands: what was said of it last, held against what the repository holds now."""

import functools
from dataclasses import dataclass
from pathlib import Path

from proposer.archive.kept import Kept, load
from proposer.errors import ProposerError
from proposer.git import Git
from proposer.outputs.answer import Finding as Reported
from proposer.outputs.answer import located
from proposer.outputs.carried import fingerprint
from proposer.provenance.record import Store
from proposer.reports.overview.picture import Standing

__all__ = ["Candidate", "Ground"]

_MASKED = "[REDACTED:"
_MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A finding as it was told last; `current`: by the last run of its workflow on its branch."""

    run: str
    branch: str | None
    fingerprint: str
    status: str
    path: str
    current: bool


class Ground:
    """The repository as it is now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._git = Git(cwd=store.root)
        head = self._git.call("symbolic-ref", "--quiet", "--short", "HEAD")
        self._branch = "" if head.returncode else head.stdout.decode(errors="replace").strip()
        self._kept = functools.lru_cache(maxsize=16)(self._load)
        self._text = functools.lru_cache(maxsize=64)(self._read)
        self._tip = functools.cache(self._find)

    def standing(self, one: Candidate) -> tuple[Standing, str]:
        """Return how a finding stands and why."""
        if one.status == "resolved":
            return "resolved", "a later run on its branch says so"
        told: Standing = "open" if one.current and one.status != "unknown" else "unknown"
        why = "the last run on its branch reports it" if told == "open" else "no later run mentions it"
        finding = self._reported(one)
        if finding is None or _MASKED in finding.quote:
            return told, f"{why}; its lines cannot be looked for"
        tip = self._tip(one.branch) if one.branch else ""
        if not tip:
            # A branch that was never fetched looks like one that is gone: nothing is resolved by not being seen.
            return told, f"{why}; {'its branch is not here' if one.branch else 'it is of no branch'}"
        texts = [self._text(tip, one.path)]
        if one.branch == self._branch and (found := self._here(one.path)) is not None:
            texts.append(found)
        there = any(_stands(finding, text) for text in texts)
        if there == (finding.side == "new"):
            return told, f"{why}; its lines are as they were on {one.branch}"
        return "resolved", f"its lines are not as they were on {one.branch}"

    def _reported(self, one: Candidate) -> Reported | None:
        kept = self._kept(one.run)
        rows = [*kept.findings, *(row.finding for row in kept.carried)] if kept else []
        return next((row for row in rows if fingerprint(row) == one.fingerprint), None)

    def _load(self, run: str) -> Kept | None:
        try:
            return load(self._store, self._store.runs / run)
        except (ProposerError, OSError):
            return None

    def _find(self, branch: str) -> str:
        """Return a ref of a branch; empty where there is none."""
        if "\0" in branch:
            return ""
        for place in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
            if (
                "\0" in branch
                or self._git.call("rev-parse", "--verify", "--quiet", "--end-of-options", place).returncode
            ):
                continue
            return place
        return ""

    def _read(self, revision: str, path: str) -> str:
        if "\0" in path:
            return ""
        done = self._git.call("cat-file", "blob", f"{revision}:{path}")
        return "" if done.returncode else done.stdout[:_MOST_BYTES].decode(errors="replace")

    def _here(self, path: str) -> str | None:
        """Return a file of the working tree, of this repository alone."""
        try:
            place = (self._store.root / path).resolve()
            if not place.is_relative_to(self._store.root.resolve()) or not place.is_file():
                return None
            with Path(place).open("rb") as stream:
                return stream.read(_MOST_BYTES).decode(errors="replace")
        except (OSError, ValueError):
            return None


def _stands(finding: Reported, text: str) -> bool:
    return located("new", finding.path, finding.quote, finding.start_line, lambda *_: text, str) is not None
