"""Two observations of Codex: what breaks, and what is merely different."""

import copy
from typing import Any

import pytest

from proposer.config.lockfile import Lock
from proposer.upkeep.comparison import compare

LOCK = Lock(codex_version="1", model="gpt-5.5", effort="medium", proposer_version="1")
OLD: dict[str, Any] = {
    "version": "1",
    "flags": {"exec --json": True, "sandbox -P": True},
    "features": {"hooks": "stable, on"},
    "config": "",
    "models": {"gpt-5.5": {"efforts": ["low", "medium"], "code_mode": False}},
    "runs": {
        "look": {
            "outcome": "clean: x", "tools": ["exec_command"], "proposed": [], "requests": 2,
            "events": {"turn.completed": ["type", "usage"]},
        }
    },
    "cassette": "clean: x",
    "rules": {"problems": [], "commands": {"git push": "forbidden, rules"}},
    "drills": {"git-push": "contained", "old-trouble": "old-trouble: unavailable"},
}  # fmt: skip
CASES: dict[str, tuple[tuple[str, ...], Any, str, bool]] = {
    "an option is gone": (("flags", "sandbox -P"), False, "option codex sandbox -P", True),
    "options cannot be asked": (("flags",), {"error": "x"}, "option codex error", True),
    "a feature is on now": (("features", "hooks"), "stable, off", "feature hooks", False),
    "a feature is new": (("features", "more"), "experimental, off", "feature more", False),
    "the project's file is refused": (("config",), "unknown key", ".codex/config.toml", True),
    "the model is gone": (("models",), {"other": {"efforts": [], "code_mode": False}}, "model gpt-5.5", True),
    "the effort is gone": (("models", "gpt-5.5", "efforts"), ["low"], "effort of gpt-5.5", True),
    "the model needs other tools": (("models", "gpt-5.5", "code_mode"), True, "tools of gpt-5.5", True),
    "a model is new": (("models", "gpt-9"), {"efforts": [], "code_mode": True}, "model gpt-9", False),
    "a run comes out otherwise": (("runs", "look", "outcome"), "invalid: y", "run `look`", True),
    "a run cannot be made": (("runs", "look"), {"error": "EventsError: z"}, "run `look`", True),
    "a tool is gone": (("runs", "look", "tools"), [], "tools of run `look`", True),
    "a tool is new": (("runs", "look", "tools"), ["exec_command", "more"], "tools of run `look`", False),
    "a field of an event is gone": (
        ("runs", "look", "events", "turn.completed"),
        ["type"],
        "event turn.completed",
        True,
    ),
    "a kind of event is gone": (("runs", "look", "events"), {}, "event turn.completed", True),
    "a field of an event is new": (
        ("runs", "look", "events", "turn.completed"),
        ["type", "usage", "x"],
        "event",
        False,
    ),
    "a recording would differ": (("cassette",), "drifted: x", "a recording", False),
    "a rule no longer refuses": (("rules", "problems"), ["`git push`: it runs"], "rules", True),
    "rules do not load": (("rules",), {"error": "StopError: x"}, "rules", True),
    "a drill escapes": (("drills", "git-push"), "git-push: escaped", "drill git-push", True),
    "drills do not run": (("drills",), {"error": "x"}, "drills", True),
    "a drill got better": (("drills", "old-trouble"), "contained", "drill old-trouble", False),
}


@pytest.mark.parametrize("name", CASES)
def test_a_difference_is_told_and_judged(name: str) -> None:
    where, value, what, breaks = CASES[name]
    new = copy.deepcopy(OLD)
    place = new
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = value
    found = [one for one in compare(OLD, new, LOCK) if one.what.startswith(what)]
    assert [one.breaks for one in found] == [breaks]
    assert found[0].was != found[0].now
    assert found[0].line().startswith(what)


def test_the_same_behaviour_is_no_difference() -> None:
    assert compare(OLD, copy.deepcopy(OLD), LOCK) == []


def test_what_was_unavailable_before_does_not_break() -> None:
    assert not any(one.breaks for one in compare(OLD, OLD, LOCK))


def test_what_breaks_comes_first() -> None:
    new = copy.deepcopy(OLD)
    new["features"]["a"] = "stable, on"
    new["drills"]["git-push"] = "git-push: escaped"
    assert [one.breaks for one in compare(OLD, new, LOCK)] == [True, False]
