"""What all cases came to together: precision, recall and noise, as a table for people and JSON for programs."""

import sys
from dataclasses import dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from proposer.errors import EXIT_REFUSED, Outcome
from proposer.proving.evals import Score, Thresholds, total
from proposer.proving.trial import Attempt
from proposer.reports.safe import log_line, terminal

__all__ = ["SCHEMA", "Scorecard"]

SCHEMA = "proposer/evals/v1"
_ANSWERED = {"rehearsal": "scripts", "cassette": "recordings"}
_WIDTH = 120
_COLOURS = {"found": "green", "silent": "green", "not finished": "yellow"}


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """The attempts of one evaluation, who answered, and what they must reach."""

    provider: str
    attempts: tuple[Attempt, ...]
    limits: Thresholds

    @property
    def measures_quality(self) -> bool:
        """Whether a model was asked; otherwise the numbers say nothing about reviews."""
        return self.provider not in _ANSWERED

    @property
    def notice(self) -> str:
        """One sentence that says who answered, and what the numbers are worth."""
        if self.measures_quality:
            return f"A model was asked ({self.provider}): the scores measure its reviews of these cases."
        who = _ANSWERED[self.provider]
        return f"No model was asked: {who} answered. This checks the harness; the scores are no measure of quality."

    @property
    def unfinished(self) -> list[Attempt]:
        """Cases without a verdict; they count in no score."""
        return [one for one in self.attempts if one.score is None]

    @property
    def score(self) -> Score | None:
        """The counts of all finished cases; None where none finished."""
        finished = [one.score for one in self.attempts if one.score is not None]
        return total(finished) if finished else None

    @property
    def exit_code(self) -> int:
        """7 below a threshold, else 4 where a case did not finish, else 0."""
        if self.score is not None and not self.score.reaches(self.limits):
            return EXIT_REFUSED
        return Outcome.UNAVAILABLE.exit_code if self.unfinished else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/evals/v1`); the scores are null where no case finished."""
        score = self.score
        return {
            "schema": SCHEMA,
            "provider": self.provider,
            "measures_quality": self.measures_quality,
            "notice": self.notice,
            "exit": self.exit_code,
            "precision": round(score.precision, 4) if score else None,
            "recall": round(score.recall, 4) if score else None,
            "noise": round(score.noise, 4) if score else None,
            "thresholds": {
                "precision": self.limits.precision, "recall": self.limits.recall, "noise": self.limits.noise,
            },
            "unfinished": [one.name for one in self.unfinished],
            "cases": [_row(one) for one in self.attempts],
        }  # fmt: skip

    def show(self, stream: TextIO | None = None) -> None:
        """Print who answered, the table, what was missed and false, and the numbers."""
        console = Console(file=stream or sys.stdout, highlight=False)
        if not console.is_terminal:
            console.width = _WIDTH  # a log has no width of its own
        console.print(self.notice, style="bold" if self.measures_quality else "bold yellow", soft_wrap=True)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("eval", "what it shows", "found", "false", "result"):
            table.add_column(title, no_wrap=title != "what it shows", overflow="fold")
        for one in self.attempts:
            word = _result(one)
            counts = (f"{one.score.matched}/{one.score.expected}", str(len(one.false))) if one.score else ("-", "-")
            table.add_row(_shown(one.name), _shown(one.case.shows), *counts, f"[{_COLOURS.get(word, 'red')}]{word}[/]")
        console.print(table)
        for one in self.attempts:
            told = [("missed", text) for text in one.missed] + [("false", text) for text in one.false]
            if one.score is None:
                told = [("not finished", f"{one.outcome.label}: {one.message}")]
            for kind, text in told:
                console.print(f"{_shown(one.name)}: {kind}: {_shown(text)}", soft_wrap=True)
            if told and one.record:
                console.print(f"  record of the run: {_shown(one.record)}", soft_wrap=True)
        for line in self._numbers():
            console.print(line, soft_wrap=True)

    def _numbers(self) -> list[str]:
        score, limits = self.score, self.limits
        count = f"{len(self.attempts) - len(self.unfinished)} of {len(self.attempts)} evals finished"
        if score is None:
            return [f"{count}; there is nothing to score"]
        numbers = (
            f"precision {score.precision:.2f} (at least {limits.precision:g}), "
            f"recall {score.recall:.2f} (at least {limits.recall:g}), "
            f"noise {score.noise:.2f} for each clean change (at most {limits.noise:g})"
        )
        below = "" if score.reaches(limits) else "; below the thresholds of [evals] in proposer.toml"
        return [f"{count}: {numbers}{below}"]


def _result(one: Attempt) -> str:
    if one.score is None:
        return "not finished"
    if one.missed:
        return "missed"
    if one.false:
        return "noisy"
    return "silent" if one.case.clean else "found"


def _row(one: Attempt) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.case.title,
        "clean": one.case.clean,
        "result": _result(one),
        "outcome": one.outcome.label,
        "expected": len(one.case.expect),
        "found": one.score.matched if one.score else None,
        "reported": one.score.reported if one.score else None,
        "missed": list(one.missed),
        "false": list(one.false),
        "message": " ".join(one.message.split()),
        "record": one.record,
        "seconds": round(one.seconds, 3),
    }


def _shown(text: str) -> str:
    return terminal(" ".join(log_line(text).split()))
