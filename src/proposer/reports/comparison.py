"""Two runs side by side: what went in, what was allowed, what was answered, and what became of the findings."""

import difflib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from rich.console import Console

from proposer import git
from proposer.archive.kept import Kept, load
from proposer.git import Git
from proposer.outputs.answer import Finding, located
from proposer.outputs.carried import fingerprint
from proposer.provenance.record import Store
from proposer.reports.safe import log_line, terminal

__all__ = ["Change", "Comparison", "Fate", "compared"]

_COLOURS = {"new": "red", "persisting": "yellow", "resolved": "green", "unknown": "yellow"}
_ANSWER = "answer.json"
_MOST_ANSWER = 512 * 1024
_MOST_LINES = 200
_SHORT = 100
_MASKED = "[REDACTED:"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field whose value differs; `part` is `inputs`, `subject`, `policy`, `tool` or `result`."""

    part: str
    name: str
    first: Any
    second: Any


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a finding from the first run to the second, and why where that is not plain."""

    status: Literal["new", "persisting", "resolved", "unknown"]
    finding: Finding
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs. `answer` is the difference of their answers as lines of a patch; empty where they are the same."""

    first: Kept
    second: Kept
    changes: tuple[Change, ...]
    answer: tuple[str, ...]
    fates: tuple[Fate, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/diff/v1`)."""
        parts = ("inputs", "subject", "policy", "tool", "result")
        return {
            "schema": "proposer/diff/v1",
            "runs": [
                {"run": one.run, "workflow": one.document.run.name, "outcome": one.document.run.outcome,
                 "examined": one.examined}
                for one in (self.first, self.second)
            ],
            **{
                part: [{"name": row.name, "first": row.first, "second": row.second}
                       for row in self.changes if row.part == part]
                for part in parts
            },
            "answer": {"changed": bool(self.answer), "diff": list(self.answer)},
            "findings": [
                {"status": fate.status, "fingerprint": fingerprint(fate.finding), "severity": fate.finding.severity,
                 "category": fate.finding.category, "path": fate.finding.path, "side": fate.finding.side,
                 "start_line": fate.finding.start_line, "title": fate.finding.title, "why": fate.why}
                for fate in self.fates
            ],
        }  # fmt: skip

    def show(self, stream: TextIO | None = None) -> None:
        """Print what differs."""
        console = Console(file=stream or sys.stdout, highlight=False, soft_wrap=True)
        for mark, one in (("-", self.first), ("+", self.second)):
            run, part = one.document.run, "" if one.examined else ", did not examine everything"
            console.print(f"[bold]{mark} {run.id}[/]  {_shown(run.name)}: {run.outcome}{part}")
        for part in ("subject", "inputs", "policy", "tool", "result"):
            changes = [change for change in self.changes if change.part == part]
            console.print(f"[bold]{part}[/]: {'differ' if changes else 'the same'}")
            for change in changes:
                console.print(f"  {change.name}: {_value(change.first)} → {_value(change.second)}")
        console.print(f"[bold]answer[/]: {'differs' if self.answer else 'the same'}")
        for line in self.answer[:_MOST_LINES]:
            console.print(f"  {terminal(log_line(line).replace(chr(10), ' '))}")
        if len(self.answer) > _MOST_LINES:
            console.print(f"  … {len(self.answer) - _MOST_LINES} more lines: --json")
        console.print(f"[bold]findings[/]: {len(self.fates) or 'none in either'}")
        for fate in self.fates:
            row = fate.finding
            why = f" ({_shown(fate.why)})" if fate.why else ""
            console.print(f"  [{_COLOURS[fate.status]}]{fate.status}[/]: {row.severity} "
                          f"{_shown(f'{row.path}:{row.start_line}: {row.title}')}{why}")  # fmt: skip


def compared(folder: Path, first: str, second: str) -> Comparison:
    """Compare two runs of the repository that holds a folder.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
        RefusedError: a record cannot be read.
    """
    root = git.root_of(folder)
    store = Store(root)
    store.check()
    one, two = (load(store, store.find(name)) for name in (first, second))
    before, after = (_answer(kept).splitlines() for kept in (one, two))
    rows = difflib.unified_diff(before, after, f"{one.run}/{_ANSWER}", f"{two.run}/{_ANSWER}", lineterm="", n=1)
    return Comparison(first=one, second=two, changes=tuple(_changes(one, two)), answer=tuple(rows),
                      fates=tuple(_fates(one, two, Git(cwd=root))))  # fmt: skip


def _changes(one: Kept, two: Kept) -> Iterator[Change]:
    for part, before, after in (
        ("inputs", one.document.inputs.model_dump(mode="json"), two.document.inputs.model_dump(mode="json")),
        ("subject", one.document.run.git.model_dump(mode="json"), two.document.run.git.model_dump(mode="json")),
        ("policy", one.document.policy.model_dump(mode="json"), two.document.policy.model_dump(mode="json")),
        ("tool", one.document.tool.model_dump(mode="json"), two.document.tool.model_dump(mode="json")),
        ("result", _result(one), _result(two)),
    ):
        for name in dict.fromkeys((*before, *after)):
            if before.get(name) != after.get(name):
                yield Change(part=part, name=name, first=before.get(name), second=after.get(name))


def _result(kept: Kept) -> Mapping[str, Any]:
    run = kept.document.run
    return {
        "workflow": run.name, "outcome": run.outcome, "message": kept.message, "runner": run.runner,
        "unlocked": run.unlocked, "not_reviewed": list(kept.not_reviewed), "excluded": list(kept.excluded),
        "instruction_paths": list(kept.instruction_paths), "dropped": kept.dropped, "usage": dict(kept.usage),
        "price": kept.price,
    }  # fmt: skip


def _fates(one: Kept, two: Kept, repository: Git) -> Iterator[Fate]:
    """Yield what became of each finding: first those of the second run, then those that only the first one has."""
    before = {fingerprint(row): row for row in one.findings}
    after = {fingerprint(row): row for row in two.findings}
    for key, row in after.items():
        if key in before:
            yield Fate(status="persisting", finding=row)
        elif one.examined:
            yield Fate(status="new", finding=row)
        else:
            yield Fate(status="unknown", finding=row, why=f"{one.run} did not examine everything")
    told = {row.fingerprint: row.status for row in two.earlier}
    for key, row in before.items():
        if key not in after:
            why = _doubt(row, two, repository, told.get(key, ""), same=one.document.run.name == two.document.run.name)
            yield Fate(status="unknown" if why else "resolved", finding=row, why=why)


def _doubt(finding: Finding, two: Kept, repository: Git, told: str, *, same: bool) -> str:
    """Return why nobody knows whether a finding that the second run did not report is resolved; empty where it is."""
    if not two.examined:
        return f"{two.run} did not examine everything"
    if not same:
        return f"{two.document.run.name} looks for other things"
    if told == "resolved":
        return ""
    if _MASKED in finding.quote:
        return "its quote is masked, so its lines cannot be looked for"
    tree = two.document.run.git.tree
    if repository.call("cat-file", "-e", tree).returncode:
        return f"the tree of {two.run} is not here to look at"
    found = repository.call("cat-file", "blob", f"{tree}:{finding.path}")
    text = "" if found.returncode else found.stdout.decode(errors="replace")
    there = located("new", finding.path, finding.quote, finding.start_line, lambda *_: text, str) is not None
    # The lines of a finding about what was removed are there again where it is resolved.
    return "its lines are still as they were, and nothing was said of it" if there == (finding.side == "new") else ""


def _answer(kept: Kept) -> str:
    path = kept.place / _ANSWER
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as stream:
        return stream.read(_MOST_ANSWER).decode(errors="replace")


def _shown(text: str) -> str:
    return terminal(" ".join(log_line(text).split()))


def _value(value: Any) -> str:
    text = "-" if value in (None, "", [], {}) else str(value)
    return _shown(text if len(text) <= _SHORT else f"{text[:_SHORT]} …")
