"""All runs of a repository as a list, newest first."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from proposer import git
from proposer.archive.entry import Entry
from proposer.archive.index import Index, Survey
from proposer.errors import Outcome
from proposer.provenance.pruned import Pruned
from proposer.provenance.record import Store
from proposer.reports.safe import log_line, terminal

__all__ = ["Listing", "listed"]

_SHOWN = 20
_WIDTH = 130
_COLOURS = {"clean": "green", "findings": "yellow", "incomplete": "yellow", "unavailable": "yellow"}


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The lines of all runs, newest first.

    `survey` says which of them still have their record, `pruned` which lost it to a pruning.
    """

    entries: tuple[Entry, ...]
    survey: Survey
    pruned: frozenset[str] = frozenset()

    def absence(self, run: str) -> str:
        """Return why a run has no record: `pruned`, or `gone` where nothing says why."""
        return "pruned" if run in self.pruned else "gone"

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/runs/v1`)."""
        here = set(self.survey.here)
        return {
            "schema": "proposer/runs/v1",
            "runs": [
                {
                    "run": one.run, "workflow": one.workflow, "outcome": one.outcome,
                    "exit": Outcome.named(one.outcome).exit_code, "started": one.started, "seconds": one.seconds,
                    "mode": one.mode, "branch": one.branch, "head": one.head, "model": one.model,
                    "provider": one.provider, "replay": one.replay, "findings": sum(one.reported.values()),
                    "severities": one.reported, "dropped": one.dropped, "refused_commands": one.refused,
                    "proposal": one.proposal or None,
                    "usage": {
                        "input_tokens": one.input_tokens, "cached_input_tokens": one.cached_input_tokens,
                        "output_tokens": one.output_tokens,
                    },
                    "price": one.price, "currency": one.currency or None,
                    "record": "here" if one.run in here else self.absence(one.run), "damaged": not one.whole,
                }
                for one in self.entries
            ],
            "unreadable": [{"run": run, "problem": why} for run, why in sorted(self.survey.unreadable.items())],
        }  # fmt: skip

    def show(self, stream: TextIO | None = None) -> None:
        """Print the newest ones as a table."""
        console = Console(file=stream or sys.stdout, highlight=False)
        if not console.is_terminal:
            console.width = _WIDTH  # a log has no width of its own
        if not self.entries:
            console.print("no runs yet; start with: inv codex.review", soft_wrap=True)
        else:
            console.print(self._table())
        if len(self.entries) > _SHOWN:
            console.print(f"the newest {_SHOWN} of {len(self.entries)}; all of them: inv codex.runs --json, or "
                          "inv codex.report", soft_wrap=True)  # fmt: skip
        damaged = len(self.survey.broken) + len(self.survey.unreadable)
        if damaged:
            console.print(f"{damaged} record(s) are damaged; look at: inv codex.audit --verify", soft_wrap=True)

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("run", "workflow", "outcome"):
            table.add_column(title, no_wrap=True)
        table.add_column("findings")
        table.add_column("branch", overflow="ellipsis", no_wrap=True, max_width=24)
        for title in ("seconds", "tokens", "price"):
            table.add_column(title, justify="right", no_wrap=True)
        here = set(self.survey.here)
        for one in self.entries[:_SHOWN]:
            found = ", ".join(f"{count} {level}" for level, count in one.reported.items() if count)
            price = f"{one.price:.4f} {one.currency}" if one.price is not None else "unknown"
            table.add_row(
                one.run,
                _shown(f"{one.workflow}{' (replay)' if one.replay else ''}"),
                f"[{_COLOURS.get(one.outcome, 'red')}]{_shown(one.outcome)}[/]",
                _shown(found or "-"),
                _shown(one.branch or "-"),
                f"{one.seconds:.1f}",
                str(one.input_tokens + one.output_tokens),
                _shown(price if one.run in here else f"{price}, record {self.absence(one.run)}"),
            )
        return table


def listed(folder: Path) -> Listing:
    """Return the runs of the repository that holds a folder.

    Raises:
        UsageError: no repository, or the records could come from anybody.
    """
    store = Store(git.root_of(folder))
    store.check()
    index = Index(store)
    survey = index.refresh()
    return Listing(
        entries=tuple(sorted(index.entries(), key=lambda one: one.run, reverse=True)),
        survey=survey,
        pruned=frozenset(Pruned(store.folder).look().statements) if survey.gone else frozenset(),
    )


def _shown(text: str) -> str:
    return terminal(" ".join(log_line(text).split()))
