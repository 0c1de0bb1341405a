"""What was found about the rules: each case with both verdicts, and every problem as one sentence."""

import sys
from dataclasses import dataclass
from typing import Any

from proposer.errors import EXIT_REFUSED
from proposer.proving.cases import Case
from proposer.reports.safe import log_line

__all__ = ["Judged", "Report"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One case and what was found; `run` is empty where there was no run."""

    case: Case
    execpolicy: str = ""
    run: str = ""

    def wrong(self) -> str:
        """Return how the case differs from the table; nothing where it does not."""
        command, case = self.case.command, self.case
        if self.execpolicy and self.execpolicy != case.execpolicy:
            return f"`{command}`: execpolicy says {self.execpolicy}, the table {case.execpolicy}"
        if self.run and self.run != case.run:
            return f"`{command}`: {_FATES[self.run]} in a run; the table says: {_FATES[case.run]}"
        return ""


_FATES = {
    "rules": "rejected by the rules",
    "codex": "rejected by codex itself",
    "runs": "it runs",
    "lost": "nothing came back",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that was found. `files` holds (path, number of rules)."""

    problems: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    cases: tuple[Judged, ...]

    @property
    def exit_code(self) -> int:
        """7 where there is a problem."""
        return EXIT_REFUSED if self.problems else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/rules/v1`); `found` is null where a command was not tried."""
        return {
            "schema": "proposer/rules/v1",
            "exit": self.exit_code,
            "problems": list(self.problems),
            "files": [{"path": path, "rules": rules} for path, rules in self.files],
            "cases": [
                {
                    "command": row.case.command,
                    "execpolicy": {"expected": row.case.execpolicy, "found": row.execpolicy or None},
                    "run": {"expected": row.case.run, "found": row.run or None},
                    "contained_by": row.case.contained_by or None,
                }
                for row in self.cases
            ],
        }

    def show(self) -> None:
        """Print it for people."""
        for path, rules in self.files:
            sys.stdout.write(f"{path}: {rules} rules\n")
        for fate in ("rules", "codex"):
            if found := [row for row in self.cases if row.run == fate]:
                sys.stdout.write(f"{_FATES[fate]}: {len(found)} commands\n")
        around = [row.case for row in self.cases if row.run == "runs"]
        if around:
            sys.stdout.write(f"no rule stops {len(around)} commands; what contains each:\n")
        for case in around:
            sys.stdout.write(f"  {_line(case.command):44} {_line(case.contained_by)}\n")
        for problem in self.problems:
            sys.stdout.write(f"! {_line(problem)}\n")
        if self.problems:
            hint = "mend .codex/rules, then run: inv codex.lock and inv codex.rules"
            sys.stderr.write(f"error: {len(self.problems)} problem(s) with the rules\n  {hint}\n")


def _line(text: str) -> str:
    return " ".join(log_line(text).split())
