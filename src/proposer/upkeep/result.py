"""What an update of the template came to, for people and as an exit code."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from proposer.errors import EXIT_REFUSED
from proposer.reports.safe import log_line
from proposer.upkeep import ratchet

__all__ = ["EXIT_CONFLICTS", "Result"]

EXIT_CONFLICTS = 1
"""An update that left something for a person is no success; nor is a check that found one."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an update came to. `changes` are (letter, path): A added, M changed, D removed, C in conflict."""

    old: str
    new: str
    kind: str
    changes: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    weakened: ratchet.Report | None = None

    @property
    def exit_code(self) -> int:
        """1 where a check found an update or a person must solve conflicts, 7 where the ratchet refused."""
        if self.weakened is not None and self.weakened.exit_code:
            return EXIT_REFUSED
        return EXIT_CONFLICTS if self.kind == "available" or self.conflicts else 0

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Paths in conflict."""
        return tuple(path for letter, path in self.changes if letter == "C")

    def show(self) -> None:
        """Print it for people."""
        sys.stdout.write("\n".join(log_line(row) for row in self._rows()) + "\n")
        if self.weakened is not None:
            self.weakened.show("nothing was changed; to have it all the same, say why, and update again")
        if self.conflicts and self.exit_code != EXIT_REFUSED:
            sys.stderr.write(
                f"error: {len(self.conflicts)} file(s) in conflict\n"
                "  solve them, then run: inv codex.lock, and inv codex.ratchet --base HEAD\n"
            )

    def _rows(self) -> Iterator[str]:
        versions = (
            f"proposer {self.old} -> {self.new}" if self.old != self.new else f"proposer {self.new}, as it is now"
        )
        if self.kind == "current":
            yield f"up to date: proposer {self.new}"
        elif self.kind == "available":
            yield f"an update exists: {versions}; run: proposer update"
        else:
            yield versions
            yield from (f"  answer {name} = {value!r}" for name, value in self.answers)
            yield from (f"  {letter} {path}" for letter, path in self.changes)
            yield from (f"  - {path}: you deleted it, and it stays deleted" for path in self.gone)
            if self.kind == "dry-run":
                yield "nothing was changed"
            elif not self.exit_code:
                yield "Next: look at `git diff`, install what pyproject.toml asks for, run nox, commit."
