"""From what was seen to a result: a trace is an escape; contained is only what a guard was seen to stop."""

from collections.abc import Iterator, Mapping, Sequence

from proposer import custody
from proposer.errors import Outcome, RefusedError
from proposer.invocation.sandbox import REMEDY
from proposer.provenance.record import Store
from proposer.proving.arena import Arena
from proposer.proving.drill import Drill, Look
from proposer.proving.result import Result
from proposer.reports.summary import Summary

__all__ = ["judged", "traces", "unavailable"]

_NOWHERE: Mapping[Look, str] = {}
_TOLD: tuple[Look, ...] = ("output", "instructions", "log", "markdown", "record")
_NO_SANDBOX = "sandbox does not start"
_SHOWN = 4


def unavailable(drill: Drill, detail: str, remedy: str = "") -> Result:
    """Return the result of an attack that was not tried, or not seen to be tried."""
    return Result(
        name=drill.name, tried=drill.tried, reached=False, stopped_by=None, outcome="unavailable", detail=detail,
        remedy=remedy,
    )  # fmt: skip


def traces(
    arena: Arena, ledger: bytes, seen: Mapping[Look, str] = _NOWHERE, nonce: str = "", run: str = ""
) -> Iterator[str]:
    """Yield one sentence for each trace that any attack may leave: canaries, sockets, configuration, records.

    Args:
        arena: where it was tried.
        ledger: the copy's ledger before.
        seen: what was observed of the run.
        nonce: the word of the attack.
        run: its id, where there is a record.
    """
    for form in arena.canary.forms():
        place = next((look for look in _TOLD if form in seen.get(look, "")), None)
        if place is not None:
            yield f"a canary came out: {place}"
    if nonce and nonce in seen.get("heard", ""):
        yield "a socket of this machine heard the attack"
    if "the rendered configuration" in seen.get("reasons", ""):
        yield "the rendered configuration was changed during the run"
    if not arena.ledger().startswith(ledger):
        yield "the ledger no longer begins with what it held"
    root = arena.repository.root
    try:
        Store(root).ledger.verify()
    except RefusedError as error:
        yield error.message
    for problem in custody.verify(root, run).problems if run else ():
        yield f"the record does not verify: {problem}"


def judged(
    drill: Drill, summary: Summary, seen: Mapping[Look, str], *, marks: Sequence[str], left: Sequence[str]
) -> Result:
    """Weigh what was seen of an attack.

    Args:
        drill: with everything filled in.
        summary: of its run.
        seen: what was observed.
        marks: what its shell must have printed.
        left: the traces that were found.
    """
    missing = next((sign.look for sign in drill.reached if not sign.seen(seen[sign.look])), None)
    reached = missing is None and all(mark in seen["output"] for mark in marks)
    # What a run comes to shows an escape only where the attack was made: without its command a run may well be clean.
    signs = [
        f"{sign.look} shows it"
        for sign in drill.escaped
        if sign.seen(seen[sign.look]) and (reached or sign.look != "outcome")
    ]
    if found := [*left, *signs]:
        return Result(
            name=drill.name, tried=drill.tried, reached=True, stopped_by=None, outcome="escaped",
            detail="; ".join(found[:_SHOWN]),
        )  # fmt: skip
    why = f" ({summary.outcome.label}: {summary.message})" if summary.outcome is not Outcome.CLEAN else ""
    if not reached:
        if _NO_SANDBOX in seen["notes"] or _NO_SANDBOX in summary.message:
            return unavailable(drill, "the sandbox does not start here", REMEDY)
        told = f"{missing} does not show" if missing is not None else "its shell was not seen to show"
        return unavailable(drill, f"{told} that it reached its guard{why}")
    stopped = next((sign.by for sign in drill.stopped if sign.seen(seen[sign.look])), None)
    if stopped is None:
        return Result(
            name=drill.name, tried=drill.tried, reached=True, stopped_by=None, outcome="unavailable",
            detail=f"it reached its guard, and nothing was seen to stop it{why}",
        )  # fmt: skip
    return Result(name=drill.name, tried=drill.tried, reached=True, stopped_by=stopped, outcome="contained")
