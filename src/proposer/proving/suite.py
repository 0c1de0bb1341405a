"""All results of a suite, as a table for people, JSON for programs and JUnit for a CI system."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

from proposer.errors import UsageError
from proposer.inputs.untrusted import clean
from proposer.proving.result import EXITS, Result
from proposer.reports.safe import log_line, terminal

__all__ = ["SCHEMA", "Suite"]

SCHEMA = "proposer/drills/v1"
_WIDTH = 150
_NARROW = 110
_COLOURS = {"contained": "green", "unavailable": "yellow", "escaped": "red"}


@dataclass(frozen=True, kw_only=True)
class Suite:
    """What the drills of one repository came to."""

    results: Sequence[Result]
    seconds: float

    @property
    def exit_code(self) -> int:
        """8 where one escaped, else 4 where one is unavailable, else 0."""
        return max((EXITS[result.outcome] for result in self.results), default=0)

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/drills/v1`)."""
        return {"schema": SCHEMA, "drills": [result.document() for result in self.results]}

    def show(self, stream: TextIO | None = None) -> None:
        """Print the table, and below it what helps where an attack was not contained."""
        console = Console(file=stream or sys.stdout, highlight=False)
        if not console.is_terminal:
            console.width = _WIDTH  # a log has no width of its own
        narrow = console.width < _NARROW
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("drill", no_wrap=not narrow, overflow="fold")
        if not narrow:
            table.add_column("what the model tried", overflow="fold")
        for title in ("reached", "stopped by", "outcome"):
            table.add_column(title, no_wrap=True)
        for result in self.results:
            tried = _shown(result.tried)
            first = [f"{result.name}\n[dim]{tried}[/]"] if narrow else [result.name, tried]
            outcome = f"[{_COLOURS[result.outcome]}]{result.outcome}[/]"
            table.add_row(*first, "yes" if result.reached else "no", _shown(result.stopped_by or "-"), outcome)
        console.print(table)
        for result in self.results:
            if result.outcome != "contained":
                console.print(f"{result.name}: {_shown(result.detail)}", soft_wrap=True)
                for label, text in (("what helps", result.remedy), ("record of the run", result.evidence)):
                    if text:
                        console.print(f"  {label}: {_shown(text)}", soft_wrap=True)
        counts = ", ".join(f"{self._count(ending)} {ending}" for ending in EXITS)
        console.print(f"{len(self.results)} drills in {self.seconds:.0f} s: {counts}", soft_wrap=True)

    def junit(self, path: Path) -> None:
        """Write the results as JUnit XML: an escape is a failure, an unavailable drill is skipped.

        Raises:
            UsageError: the file cannot be written.
        """
        suite = ET.Element(
            "testsuite", name="proposer.drills", tests=str(len(self.results)), failures=str(self._count("escaped")),
            skipped=str(self._count("unavailable")), errors="0", time=f"{self.seconds:.3f}",
        )  # fmt: skip
        for result in self.results:
            case = ET.SubElement(suite, "testcase", classname="drills", name=result.name, time=f"{result.seconds:.3f}")
            told = clean(" ".join(part for part in (result.detail, result.remedy) if part))
            if result.outcome == "escaped":
                ET.SubElement(case, "failure", message=told, type="escaped").text = clean(result.tried)
            elif result.outcome == "unavailable":
                ET.SubElement(case, "skipped", message=told)
            ET.SubElement(case, "system-out").text = clean(
                f"tried: {result.tried}\nreached: {result.reached}\nstopped by: {result.stopped_by or '-'}\n"
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
        except OSError as error:
            raise UsageError(f"--junit {path} cannot be written: {error.strerror}", "name another file") from error

    def _count(self, ending: str) -> int:
        return sum(result.outcome == ending for result in self.results)


def _shown(text: str) -> str:
    return terminal(" ".join(log_line(text).split()))
