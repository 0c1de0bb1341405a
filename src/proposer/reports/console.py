"""The run on a terminal or in a CI log: progress on standard error, the report on standard output."""

import os
import sys
import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proposer.errors import Outcome
from proposer.inputs.untrusted import clean
from proposer.reports.safe import log_line, terminal
from proposer.reports.summary import Summary

__all__ = ["Progress", "show", "show_drift"]

_COLOURS = {
    Outcome.CLEAN: "green", Outcome.FINDINGS: "yellow", Outcome.INCOMPLETE: "yellow", Outcome.UNAVAILABLE: "yellow",
}  # fmt: skip


class Progress:
    """Tells on standard error what a run is at: one live line on a terminal, plain lines elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr, highlight=False, soft_wrap=True)
        self._live = self._console.is_terminal and not os.environ.get("CI")
        self._started = time.monotonic()
        self._step = "starting"
        self._status = self._console.status(self) if self._live else None

    def __enter__(self) -> Self:
        """Start."""
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the live line."""
        if self._status:
            self._status.stop()

    def step(self, text: str) -> None:
        """Tell the next step."""
        self._step = " ".join(text.split()) if self._status else text
        if not self._status:
            self._console.print(f"{self._elapsed:6.1f} s  {log_line(text)}", markup=False)

    def __rich__(self) -> Text:
        """Return the live line as it is now; Rich asks for it several times a second."""
        return Text(f"{self._elapsed:5.1f} s  {clean(self._step)}", overflow="ellipsis", no_wrap=True)

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._started


def show(summary: Summary, stream: TextIO | None = None) -> None:
    """Print the report of a run."""
    console = Console(file=stream or sys.stdout, highlight=False, soft_wrap=True)
    if summary.unasked:
        console.print(_shown(summary.unasked), style="bold")
    colour = _COLOURS.get(summary.outcome, "red")
    console.print(f"[{colour} bold]{summary.workflow}: {summary.outcome.label}[/]  {_shown(summary.message)}")
    if summary.hint:
        console.print(f"  what helps: {_shown(summary.hint)}")
    if summary.summary:
        console.print(_shown(summary.summary))
    if summary.findings:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("", "where", "what"):
            table.add_column(title, overflow="fold")
        for finding in summary.findings:
            removed = " (removed)" if finding.side == "old" else ""
            place = f"{finding.path}:{finding.start_line}{removed}"
            table.add_row(finding.severity, _shown(place), f"{_shown(finding.title)}\n{_shown(finding.body)}")
        console.print(table)
    for title, lines in summary.details:
        console.print(f"[bold]{_shown(title)}[/]")
        for line in lines:
            console.print(f"  {_shown(line)}")
    _lists(console, summary)
    if summary.record:
        console.print(f"record: {summary.record}  (check it: inv codex.provenance {summary.run} --verify)")


def show_drift(summary: Summary, stream: TextIO | None = None) -> None:
    """Print on standard error how a replay's requests differ from the recorded ones.

    Each line gets a margin, so that none is a command of a CI runner; invisible characters were shown as escapes.
    """
    for line in summary.drift.splitlines():
        (stream or sys.stderr).write(f"  | {line.replace('##[', '## [')}\n")


def _lists(console: Console, summary: Summary) -> None:
    """Print what was left out, dropped and refused."""
    for title, names in (
        ("not reviewed", summary.not_reviewed),
        ("excluded", summary.excluded),
        ("instruction paths touched", summary.instruction_paths),
        ("proposal", summary.proposed),
    ):
        if names:
            console.print(f"{title}: {_shown(', '.join(names[:10]))}{' …' if len(names) > 10 else ''}")  # noqa: PLR2004
    for note in summary.notes:
        console.print(f"note: {_shown(note)}")
    if summary.dropped:
        console.print(f"dropped: {summary.dropped} finding(s) whose quote is not in the file")
    if summary.refused_commands:
        console.print(f"refused: {summary.refused_commands} command(s) of the model")
    if summary.usage:
        console.print(f"used: {_shown(summary.cost)}")


def _shown(text: str) -> str:
    """Return model text for a terminal, and for a CI log should this be one."""
    return terminal(log_line(text))
