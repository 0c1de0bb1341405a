"""Which way each setting of proposer.toml is weaker; one that is not named here needs a person to change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

__all__ = ["DIRECTIONS", "UNDECIDED", "Direction", "Kind", "leaves", "weaker"]

Kind = Literal["higher", "lower", "more", "fewer", "on", "off", "later", "gone", "any", "none"]


@dataclass(frozen=True, kw_only=True)
class Direction:
    """How a setting gets weaker, and what that means.

    `higher` and `lower` compare numbers (`unlimited` is a number that stands for no limit), `more` and `fewer` lists,
    `on` and `off` switches, `later` the order of `order`, strictest first; `gone` is a value that was there; with
    `any` every change needs a person, with `none` no change does.
    """

    kind: Kind
    why: str = ""
    unlimited: float | None = None
    order: tuple[str, ...] = ()


def _higher(why: str, unlimited: float | None = None) -> Direction:
    return Direction(kind="higher", why=why, unlimited=unlimited)


def _is(kind: Kind, why: str = "") -> Direction:
    return Direction(kind=kind, why=why)


UNDECIDED = _is("any", "nothing says which way this setting is weaker, so a person must look")
_FREE = _is("none")
_LONGER = "a run may use more before it is stopped"
_LARGER = "a proposal may be larger than a person is likely to read"

DIRECTIONS: dict[str, Direction] = {
    "version": _FREE,
    "project.default_branch": _is("any", "it decides what changes are compared with"),
    "project.personal_data": _is("off", "personal data is sent and stored unmasked"),
    "project.pin_days": _higher("nobody is told that Codex gets old", unlimited=0),
    "provider.default": _is("any", "it decides who gets to see the code"),
    "provider.upstream": _is("any", "it decides who gets to see the code and the key"),
    "provider.plan": _is("any", "it decides who gets to see the code and the login"),
    "limits.wall_seconds": _higher(_LONGER),
    "limits.idle_seconds": _higher(_LONGER),
    "limits.turns": _higher(_LONGER),
    "limits.tokens": _higher(_LONGER),
    "limits.calls_a_day": _higher("more paid runs may start on one day", unlimited=0),
    "limits.prompt_characters": _higher("more may be sent to the model at once"),
    "limits.parts": _higher("one review may ask the model more often"),
    "paths.instruction": _is("fewer", "a change of these files instructs its own reviewer"),
    "paths.exclude": _is("more", "changes of these files are not reviewed"),
    "paths.sensitive": _is("fewer", "a change of these files no longer counts as a risk by itself"),
    "proposals.files": _higher(_LARGER),
    "proposals.total_bytes": _higher(_LARGER),
    "proposals.file_bytes": _higher(_LARGER),
    "proposals.added_lines": _higher(_LARGER),
    "proposals.protected": _is("fewer", "proposals may touch these files"),
    "evals.precision": _is("lower", "worse reviews pass `inv codex.eval`"),
    "evals.recall": _is("lower", "worse reviews pass `inv codex.eval`"),
    "evals.noise": _higher("worse reviews pass `inv codex.eval`"),
    "prices.as_of": _FREE,
    "prices.currency": _FREE,
    "prices.models.*.input": _FREE,
    "prices.models.*.cached_input": _FREE,
    "prices.models.*.output": _FREE,
    "publish.automation": _FREE,  # the level that comes of it and of the template's answer is compared (watch.py)
    "publish.label": _FREE,
    "publish.fix_label": _FREE,
    "publish.opt_out": _FREE,
    "publish.bots": _is("more", "whoever controls these accounts can have Codex asked"),
    "publish.author": _is("any", "it decides whose comments are taken for the task's own"),
    "publish.inline": _FREE,
    "publish.open_pulls": _higher("more proposals wait for people than they are likely to read"),
    "publish.attempts": _higher("the same branch is mended again and again"),
    "publish.hosts": _is("more", "published links may lead there"),
    "workflows.*.summary": _FREE,
    "workflows.*.prompt": _FREE,  # the files are pinned by the lock, and a change of one is for a person to look at
    "workflows.*.output_schema": _FREE,
    "workflows.*.sandbox": Direction(
        kind="later", order=("read-only", "workspace-write"), why="the model may write in its stage"
    ),
    "workflows.*.block": _is("fewer", "findings of this severity no longer block"),
    "workflows.*.needs": _is("fewer", "a run without these commands counts as complete"),
    "workflows.*.allowed": _is("more", "proposals may touch these files"),
    "workflows.*.protected": _is("fewer", "proposals may touch these files"),
    "workflows.*.migrations": _is("on", "proposals may touch migrations"),
    "workflows.*.tests": Direction(kind="later", order=("protect", "free"), why="proposals may weaken tests"),
    "workflows.*.checks": _is("fewer", "proposals are no longer held to these commands"),
    "workflows.*.openapi": _is("gone", "what breaks clients is no longer looked for"),
    "workflows.*.then": _FREE,  # shown to a person, run by nobody else
    "workflows.*.renders": _FREE,
    "workflows.*.once": _is("off", "the same failure is tried again and again"),
    "workflows.*.empty_is_clean": _is("on", "a change that cannot be seen counts as clean"),
    "workflows.*.split": _FREE,  # what does not fit is `incomplete`, which is stricter
    "workflows.*.inputs": _is("fewer", "the answer is no longer held against these facts"),
    "workflows.*.gates": _is("fewer", "the answer is no longer held against these checks"),
    "workflows.*.arguments": _FREE,
    "workflows.*.kinds.*": _is("gone", "an argument is no longer checked for what it is"),
    "workflows.*.thresholds.risk": _higher("riskier changes pass"),
    "workflows.*.thresholds.evidence_hours": _higher("older evidence passes"),
    "workflows.*.thresholds.coverage": _is("lower", "fewer tested lines pass"),
    "workflows.*.evidence": _is("fewer", "a decision stands on less evidence"),
}


def weaker(direction: Direction, old: Any, new: Any) -> bool:
    """Tell whether a value is weaker than the one before; both are values of the settings' model."""
    return old != new and _COMPARED[direction.kind](direction, old, new)


def _height(value: float, unlimited: float | None) -> float:
    return float("inf") if value == unlimited else value


_COMPARED: dict[Kind, Callable[[Direction, Any, Any], bool]] = {
    "higher": lambda direction, old, new: _height(new, direction.unlimited) > _height(old, direction.unlimited),
    "lower": lambda _, old, new: bool(new < old),
    "more": lambda _, old, new: not set(new) <= set(old),
    "fewer": lambda _, old, new: not set(old) <= set(new),
    "on": lambda _, __, new: bool(new),
    "off": lambda _, __, new: not new,
    "later": lambda direction, old, new: direction.order.index(new) > direction.order.index(old),
    "gone": lambda _, old, __: bool(old),
    "any": lambda *_: True,
    "none": lambda *_: False,
}


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every setting of a model; `*` stands for the key of a table that users name."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, f"{prefix}{name}.")
        elif get_origin(kind) is dict:
            value = get_args(kind)[1]
            nested = isinstance(value, type) and issubclass(value, BaseModel)
            yield from leaves(value, f"{prefix}{name}.*.") if nested else (f"{prefix}{name}.*",)
        else:
            yield prefix + name
