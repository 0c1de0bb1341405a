"""Compares two proposer.toml, setting by setting."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from proposer.config import settings as config
from proposer.config.settings import SETTINGS_NAME, Settings, Workflow
from proposer.errors import UsageError
from proposer.upkeep.directions import DIRECTIONS, UNDECIDED, Direction, weaker
from proposer.upkeep.weakening import Weakening

__all__ = ["compare"]


def compare(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    """Yield where the new proposer.toml is weaker; None: there is no such file."""
    if old is None or old == new:
        return
    if new is None:
        yield _found("unreadable", "the file", SETTINGS_NAME, "", "without it no workflow, limit or path holds")
        return
    before, after = _read(old), _read(new)
    if isinstance(before, str) or isinstance(after, str):
        texts = [side if isinstance(side, str) else "readable" for side in (before, after)]
        yield _found("unreadable", "the file", texts[0], texts[1], "what cannot be read cannot be compared")
        return
    yield from _workflows(before, after)
    now = {name: value for name, _, value in _values(after)}
    for name, general, value in _values(before):
        yield from _judged(name, DIRECTIONS.get(general, UNDECIDED), value, now.get(name), present=name in now)


def _read(data: bytes) -> Settings | str:
    try:
        return config.parse(data)
    except UsageError as error:
        return error.message.removeprefix(f"{SETTINGS_NAME} ").removeprefix(f"{SETTINGS_NAME}: ")


def _found(code: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=SETTINGS_NAME, what=what, was=was, now=now, why=why)


def _values(model: BaseModel, prefix: str = "", general: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield each setting: its name, its name with `*` for the keys of tables that users name, and its value."""
    for field in type(model).model_fields:
        value = getattr(model, field)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{prefix}{field}.", f"{general}{field}.")
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, BaseModel):
                    yield from _values(inner, f"{prefix}{field}.{key}.", f"{general}{field}.*.")
                else:
                    yield f"{prefix}{field}.{key}", f"{general}{field}.*", inner
        else:
            yield prefix + field, general + field, value


def _judged(name: str, direction: Direction, old: Any, new: Any, *, present: bool) -> Iterator[Weakening]:
    if not present:
        if old and direction.kind == "gone":  # other settings go with their table, which is judged as a whole
            yield _found("setting", name, _shown(old), "", direction.why)
        return
    if weaker(direction, old, new):
        if direction.kind in ("more", "fewer"):
            less, rest = ({*old} - {*new}, ()) if direction.kind == "fewer" else ({*new} - {*old}, old)
            listed = _shown(sorted(less))
            was, now = (listed, "") if direction.kind == "fewer" else (_shown(rest) if rest else "", listed)
            yield _found("setting", name, was, now, direction.why)
        else:
            yield _found("setting", name, _shown(old), _shown(new), direction.why)


def _workflows(before: Settings, after: Settings) -> Iterator[Weakening]:
    """Judge workflows that went and came; one that only proposes may go, one that judges may not."""
    for name, old in before.workflows.items():
        if name not in after.workflows and old.sandbox == "read-only" and not old.renders:
            yield _found("workflow", f"workflows.{name}", old.summary, "", "nothing judges changes in its place")
    for name, new in after.workflows.items():
        if name not in before.workflows:
            usual = Workflow(summary=new.summary, prompt=new.prompt, schema=new.output_schema)
            for field in ("tests", "migrations"):
                direction = DIRECTIONS[f"workflows.*.{field}"]
                old_value, value = getattr(usual, field), getattr(new, field)
                yield from _judged(f"workflows.{name}.{field}", direction, old_value, value, present=True)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(" ".join(one) if isinstance(one, tuple) else str(one) for one in value) or "[]"
    return str(value)
