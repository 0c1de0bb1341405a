"""One run told for people on a terminal: what was asked, what the model did, what came of it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console

from proposer import git
from proposer.archive.kept import Kept, load
from proposer.archive.steps import Step, Steps, steps_of
from proposer.outputs.carried import fingerprint
from proposer.outputs.patch import NAME as PATCH
from proposer.provenance.record import FOLDER, Store
from proposer.reports.safe import log_line, terminal

__all__ = ["Account", "told"]

_LINES = 12
_PATCH_LINES = 200
_STEPS = 40
_NAMES = 10
_LONGEST_LINE = 2000
_MARKS = {"command": "$", "patch": "patch", "message": ">", "failure": "!"}
_COLOURS = {"clean": "green", "findings": "yellow", "incomplete": "yellow", "unavailable": "yellow"}
_ANSWERED = {"rehearsal": " (a scripted model, none was asked)", "cassette": " (a recording, no model was asked)"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """The record of a run and what the model did in it."""

    kept: Kept
    steps: Steps

    def show(self, stream: TextIO | None = None) -> None:
        """Print it."""
        console = Console(file=stream or sys.stdout, highlight=False, soft_wrap=True)
        kept, run = self.kept, self.kept.document.run
        colour = _COLOURS.get(run.outcome, "red")
        console.print(f"[bold]{_shown(run.name)}[/]: [{colour} bold]{run.outcome}[/]  {_shown(kept.message)}")
        for name, value in self._facts():
            console.print(f"  {name:10} {_shown(value)}")
        _section(console, "asked", list(self._asked()))
        console.print("[bold]did[/]")
        for step in self.steps.steps[:_STEPS]:
            _print_step(console, step)
        if len(self.steps.steps) > _STEPS:
            console.print(f"  … {len(self.steps.steps) - _STEPS} more steps: inv codex.report")
        if self.steps.missing:
            console.print(f"  {_shown(self.steps.missing)}")
        _section(console, "said", [kept.summary] if kept.summary else [])
        _section(console, "found", list(self._found()))
        _section(console, "reasons", kept.reasons)
        _section(console, "notes", kept.notes)
        if kept.patch:
            rows = kept.patch.splitlines()
            _section(console, "proposes", ["\n".join(rows[:_PATCH_LINES])], indent=0)
            if len(rows) > _PATCH_LINES:
                console.print(f"  … {len(rows) - _PATCH_LINES} more lines: {FOLDER}/runs/{kept.run}/{PATCH}")
        console.print(f"files: {_shown(', '.join(sorted(kept.files)))}")
        console.print(f"check it: inv codex.provenance {kept.run} --verify")

    def _facts(self) -> Iterator[tuple[str, str]]:
        run, tool, policy = self.kept.document.run, self.kept.document.tool, self.kept.document.policy
        yield "run", f"{run.id} ({run.started_at}, {self.kept.seconds:g} s, {run.runner})"
        yield "subject", f"{run.git.kind} {run.git.head_sha or run.git.tree} on base {run.git.base_sha}"
        if run.git.branch:
            yield "branch", run.git.branch
        yield "model", f"{tool.model}, effort {tool.effort}, provider {tool.provider}{_ANSWERED.get(tool.provider, '')}"
        yield "codex", f"{tool.pinned_cli_version}, sha256 {tool.codex_sha256 or '-'}"
        network = "network" if policy.network_access else "no network"
        yield "policy", f"{policy.sandbox}, {network}, {'a shell' if policy.shell else 'no shell'}"
        tokens = ", ".join(f"{value} {name.removesuffix('_tokens')}" for name, value in self.kept.usage.items())
        yield "used", f"{tokens or 'no tokens'}; price {self.kept.price}"
        if run.replay_of:
            yield "replay of", run.replay_of
        if run.unlocked:
            yield "lock", "the working tree's, which differed (--unlocked)"

    def _asked(self) -> Iterator[str]:
        kept, inputs = self.kept, self.kept.document.inputs
        yield f"{inputs.prompt_file or 'no prompt'}, answer by {inputs.output_schema_file or 'no schema'}"
        for one in inputs.untrusted:
            yield f"untrusted text: {one.get('name', '')}"
        for title, names in (
            ("not reviewed", kept.not_reviewed), ("excluded", kept.excluded),
            ("instruction paths touched", kept.instruction_paths),
        ):  # fmt: skip
            if names:
                yield f"{title}: {', '.join(names[:_NAMES])}{' …' if len(names) > _NAMES else ''}"

    def _found(self) -> Iterator[str]:
        statuses = self.kept.statuses
        for row in self.kept.findings:
            removed = " (removed line)" if row.side == "old" else ""
            status = statuses.get(fingerprint(row), "new")
            yield f"{row.severity} {row.path}:{row.start_line}{removed}: {row.title} ({status})\n{row.body}"
        for one in self.kept.earlier:
            yield f"{one.told()} (of an earlier run)"
        if self.kept.dropped:
            yield f"{self.kept.dropped} finding(s) were dropped: their quote is not in the file"


def told(folder: Path, run: str) -> Account:
    """Return the account of a run.

    Raises:
        UsageError: there is no such run, or the records could come from anybody.
        RefusedError: its record cannot be read.
    """
    store = Store(git.root_of(folder))
    store.check()
    place = store.find(run)
    return Account(kept=load(store, place), steps=steps_of(place))


def _section(console: Console, title: str, rows: Sequence[str], *, indent: int = 2) -> None:
    if rows:
        console.print(f"[bold]{title}[/]")
    for row in rows:
        for number, line in enumerate(row.splitlines() or [""]):
            console.print(f"  {' ' * indent if number else ''}{_line(line)}")


def _print_step(console: Console, step: Step) -> None:
    first, *rest = step.given.splitlines() or [""]
    refused = f"  [red]refused: {_shown(step.refused)}[/]" if step.refused else ""
    console.print(f"  {step.turn:3}  {_shown(_MARKS.get(step.kind, step.tool))} {_line(first)}{refused}")
    for margin, lines in ((" ", rest), ("|", (step.output or "").splitlines())):
        for line in lines[:_LINES]:
            console.print(f"       {margin} {_line(line)}")
        if len(lines) > _LINES:
            console.print(f"       {margin} … {len(lines) - _LINES} more lines")


def _shown(text: str) -> str:
    return terminal(" ".join(log_line(text).split()))


def _line(text: str) -> str:
    """Return one line of a file or an output with its spaces, not longer than anybody reads."""
    cut = text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]} …"
    return terminal(log_line(cut).replace("\n", " "))
