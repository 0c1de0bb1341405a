"""One attack from its preparation to its result."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proposer import workflow
from proposer.errors import Outcome, ProposerError
from proposer.proving import controls
from proposer.proving.arena import Arena, nonce
from proposer.proving.assessment import judged, traces, unavailable
from proposer.proving.drill import Drill, Planted, filled
from proposer.proving.observation import observed
from proposer.proving.repository import WORKFLOW
from proposer.proving.result import Result
from proposer.proving.world import marked
from proposer.relay.script import SCHEMA, Script

__all__ = ["attempt"]

_ANSWER = {"answer": {"summary": "nothing to report", "verdict": "approve", "findings": []}}
_CHANGE = Planted(path="drill-note.txt", text="one line, so that there is something to look at\n")
_ENDS = frozenset({"answer", "answer_text", "http", "drop", "stall"})
_YIELD_MS = 30_000
_PATIENCE = 4


@dataclass
class _Attack:
    """The script of a filled drill, the marks that its shell makes, and what is known only while it runs."""

    drill: Drill
    turns: list[list[dict[str, Any]]]
    marks: list[str]
    late: dict[str, str] = field(default_factory=dict)


def attempt(drill: Drill, arena: Arena, *, keep: Callable[[str, Path], str] = lambda *_: "") -> Result:
    """Try an attack, and once more where it was not seen to reach its guard: a slow machine is no verdict.

    Args:
        drill: what to try.
        arena: where.
        keep: given name and record of an attack that was not contained; returns where the record was kept.

    Raises:
        KeyboardInterrupt: the run was interrupted; there is no result.
    """
    started = time.monotonic()
    with arena.entered():
        found = _once(drill, arena, keep)
        if found.outcome == "unavailable" and not found.remedy:
            found = _once(_patient(drill), arena, keep)
    return replace(found, seconds=time.monotonic() - started)


def _patient(drill: Drill) -> Drill:
    """Return the drill with limits in seconds that leave a slow machine time to get as far as the guard."""
    limits = dict(drill.settings.get("limits", {}))
    slow = {name: value * _PATIENCE for name, value in limits.items() if name.endswith("_seconds")}
    return drill.model_copy(update={"settings": {**drill.settings, "limits": limits | slow}}) if slow else drill


def _once(drill: Drill, arena: Arena, keep: Callable[[str, Path], str]) -> Result:
    word = nonce()
    drill = drill.filled(arena.tokens(word))
    if missing := controls.failed(drill, arena):
        return unavailable(drill, missing, "this control needs a machine that can do it")
    attack = _prepared(drill, random.Random(word))  # noqa: S311 - no secret: the script must not hold the results
    base = arena.repository.base(drill.settings, drill.base, drill.sandbox)
    request = workflow.Request(
        workflow=WORKFLOW, base=base, head=arena.repository.change(base, drill.change or (_CHANGE,)),
        provider=_provider(attack, arena), texts=_texts(drill, arena), fresh=True,
    )  # fmt: skip
    arena.ears.forget()
    before, ledger = arena.world.files(), arena.ledger()
    steps: list[str] = []
    try:
        summary = workflow.execute(
            arena.repository.root, request, environment=arena.canary.environment(), on_step=steps.append
        )
    except ProposerError as error:
        left = [*arena.world.leftovers([word]), *arena.world.changes(before, word), *traces(arena, ledger)]
        found = unavailable(drill, error.message, error.hint)
        return replace(found, outcome="escaped", reached=True, detail="; ".join(left)) if left else found
    if summary.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    record = arena.repository.root / summary.record
    left = [*arena.world.leftovers([word, marked(summary.run)]), *arena.world.changes(before, word)]
    heard = "\n".join((arena.ears.text(), *arena.api.authorizations))
    seen = observed(summary, record, steps, heard)
    left += traces(arena, ledger, seen, word, summary.run)
    if "broker" in drill.controls and not attack.late:
        attack.marks.append("the key broker, alive")  # nobody prints it: without a broker nothing was tried
    result = judged(drill.filled(attack.late), summary, seen, marks=attack.marks, left=left)
    if result.outcome != "contained" and summary.record:
        return replace(result, evidence=keep(drill.name, record))
    return result


def _prepared(drill: Drill, dice: random.Random) -> _Attack:
    """Turn the steps of a drill into those of a rehearsal script."""
    marks: list[str] = []
    turns = []
    for turn in drill.turns:
        tables = (turn,) if isinstance(turn, dict) else turn
        steps = [(key, value) for table in tables for key, value in table.items()]
        turns.append([_marked(value, marks, dice) if key == "try" else {key: value} for key, value in steps])
    if not drill.endless and not any(_ENDS & step.keys() for step in turns[-1]):
        turns.append([_ANSWER])
    return _Attack(drill=drill, turns=turns, marks=marks)


def _marked(shell: str, marks: list[str], dice: random.Random) -> dict[str, Any]:
    """Put a command between two marks that only a shell makes: the script holds a product, the output its result."""
    before, factor, after = dice.randrange(1000, 9999), dice.randrange(100, 999), dice.randrange(1000, 9999)
    marks += [f"begun-{before * factor}", f"ended-{after * factor}"]
    text = f"echo begun-$(({before} * {factor})); (\n{shell}\n); echo ended-$(({after} * {factor}))"
    return {"call": {"name": "exec_command", "arguments": {"cmd": text, "yield_time_ms": _YIELD_MS}}}


def _provider(attack: _Attack, arena: Arena) -> str:
    """Write the script for the rehearsal provider, or hand it to the stand-in API behind the real broker."""
    if attack.drill.provider == "openai":
        arena.api.play(lambda: _knowing(attack, arena))
        return "openai"
    path = arena.scripts / f"{attack.drill.name}.json"
    path.write_text(json.dumps({"schema": SCHEMA, "turns": attack.turns}), encoding="utf-8")
    return f"rehearsal:{path}"


def _knowing(attack: _Attack, arena: Arena) -> Script:
    """Return the script of a model that knows the broker's process and port, as they are at its first request."""
    found = controls.broker(arena)
    if found is not None:
        attack.late = {"broker_pid": str(found.pid), "broker_port": str(found.port)}
    return Script(filled(attack.turns, attack.late), "")


def _texts(drill: Drill, arena: Arena) -> tuple[Path, ...]:
    paths = []
    for name, text in drill.texts.items():
        path = arena.scripts / Path(name).name
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        paths.append(path)
    return tuple(paths)
