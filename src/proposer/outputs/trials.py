"""What the host's own checks of a proposal came to, as reasons for a verdict and as a file of the record."""

import shlex
from collections.abc import Collection, Iterator, Sequence

from proposer.errors import Outcome
from proposer.invocation import receipts
from proposer.invocation.trial import CANNOT_START, Trial
from proposer.invocation.witness import ELSEWHERE

__all__ = ["FAILED", "NAME", "log_of", "reasons_of"]

NAME = "checks.log"
"""The file of a record that holds what the checks printed."""
FAILED = "the proposal fails "
"""How the reason begins that blocks a proposal because one of the checks fails on it."""
_NOT_FOUND = "Failed to execvp"
"""What the sandbox of the pinned binary prints where a command does not exist; its exit status then is 101."""


def reasons_of(
    trials: Sequence[Trial], *, missing: bool = False, failing: Collection[str] = ()
) -> Iterator[tuple[Outcome, str]]:
    """Yield what speaks against a proposal: a check that fails, that could not be made, or that shows nothing.

    Args:
        trials: the checks that were made.
        missing: there is no proposal, and there should be one.
        failing: the tests that failed before.
    """
    if missing:
        yield Outcome.INCOMPLETE, "nothing was proposed: a person must look"
    for trial in trials:
        command = shlex.join(trial.command)
        if trial.passed:
            yield from ((outcome, f"the check `{command}` {words}") for outcome, words in _unproven(trial, failing))
        elif trial.stopped:
            yield Outcome.UNAVAILABLE, f"the check `{command}` did not end: {trial.stopped}"
        elif trial.returncode in CANNOT_START or _NOT_FOUND in trial.output:
            yield Outcome.UNAVAILABLE, f"the check `{command}` cannot be started in the sandbox"
        elif trial.returncode == ELSEWHERE:
            lines = [line for line in trial.output.splitlines() if line.startswith("not from the proposal")]
            said = lines[-1] if lines else "not from the proposal"
            yield Outcome.BLOCKED, f"the check `{command}` took code from elsewhere: {said[:300]}"
        else:
            yield Outcome.BLOCKED, f"{FAILED}`{command}` (exit {trial.returncode}): {_last(trial.output)}"


def _unproven(trial: Trial, failing: Collection[str]) -> Iterator[tuple[Outcome, str]]:
    """Yield why a check that ended with exit status 0 proves nothing: what it runs can end the process as it likes."""
    if trial.sessions is None:
        yield Outcome.BLOCKED, "left a receipt that nobody can read"
    elif not trial.sessions and receipts.expected(trial.command):
        yield Outcome.BLOCKED, "ended before its tests did"
    else:
        found = [(Outcome.BLOCKED, words) for words in receipts.faults(trial.sessions, failing)]
        if not found and trial.sessions and not any(session.of("passed") for session in trial.sessions):
            found.append((Outcome.INCOMPLETE, "shows nothing: no test passed; a person must look"))
        yield from found


def log_of(trials: Sequence[Trial]) -> str:
    """Return the text of `checks.log`."""
    return "".join(
        f"{_heading(trial)}\n{trial.output}\n[{trial.stopped or f'exit {trial.returncode}'}]\n\n" for trial in trials
    )


def _heading(trial: Trial) -> str:
    return f"$ {shlex.join(trial.command)}" + (f"   # {trial.about}" if trial.about else "")


def _last(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it printed nothing"
