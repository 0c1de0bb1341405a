"""The vocabulary of outcomes and the one root of errors. Nothing here prints."""

from enum import Enum
from typing import ClassVar

__all__ = [
    "EXIT_INTERNAL",
    "EXIT_INTERRUPTED",
    "EXIT_REFUSED",
    "EXIT_USAGE",
    "InterruptedRunError",
    "Outcome",
    "ProposerError",
    "RefusedError",
    "StopError",
    "UsageError",
]

EXIT_USAGE = 2
EXIT_REFUSED = 7
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


class Outcome(Enum):
    """What a run came to, worst first; the worst one wins.

    Each member carries its name in JSON, the process exit code and one sentence for the documentation.
    1 is never used: Invoke itself exits 1 on a typo, a traceback and Ctrl-C.
    """

    INTERRUPTED = ("interrupted", EXIT_INTERRUPTED, "stopped by a person or the job; the partial record is kept")
    VIOLATED = ("violated", 8, "the run did what its policy forbids; nothing of it may be used")
    INVALID = ("invalid", 6, "the answer is empty, does not fit the schema, or contradicts the `-o` file")
    DRIFTED = ("drifted", 3, "the lock and the files, the binary or the library differ")
    BLOCKED = ("blocked", 7, "a gate or a blocking finding says no")
    UNAVAILABLE = ("unavailable", 4, "no verdict: outage, quota, deadline, limit or no sandbox")
    INCOMPLETE = ("incomplete", 5, "part of the change was not examined, or a person must look")
    FINDINGS = ("findings", 0, "reviewed; nothing that blocks")
    CLEAN = ("clean", 0, "reviewed; nothing found")

    def __init__(self, label: str, exit_code: int, meaning: str) -> None:
        self.label = label
        self.exit_code = exit_code
        self.meaning = meaning

    @classmethod
    def worst(cls, *outcomes: "Outcome") -> "Outcome":
        """Return the worst of the outcomes; `CLEAN` where there is none."""
        order = list(cls)
        return min(outcomes, key=order.index, default=cls.CLEAN)

    @classmethod
    def named(cls, label: str) -> "Outcome":
        """Return the outcome that a record names.

        Raises:
            KeyError: no outcome has that name.
        """
        return {outcome.label: outcome for outcome in cls}[label]


class ProposerError(Exception):
    """Root of all errors that a user can act on.

    The message is a lower-case fact with the value; `hint` is the command or edit that mends it.
    """

    exit_code: ClassVar[int] = EXIT_INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(ProposerError):
    """The request or the configuration cannot be used as it stands: exit 2, no run, no record."""

    exit_code = EXIT_USAGE


class RefusedError(ProposerError):
    """A verification said no: exit 7."""

    exit_code = EXIT_REFUSED


class StopError(ProposerError):
    """A started run cannot go on; the outcome says why and the record is kept."""

    def __init__(self, outcome: Outcome, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.outcome = outcome


class InterruptedRunError(StopError):
    """Ctrl-C or SIGTERM during a run: exit 130, the partial record is kept."""

    exit_code = EXIT_INTERRUPTED

    def __init__(self) -> None:
        super().__init__(Outcome.INTERRUPTED, "interrupted; the partial record is kept")
