"""Two observations of Codex side by side: what breaks runs, and what is merely different."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proposer.config.lockfile import Lock

__all__ = ["Difference", "compare"]

Observation = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference of behaviour; `breaks` where runs would fail, or a guard would hold less."""

    what: str
    was: str
    now: str
    breaks: bool

    def line(self) -> str:
        """Return it as one line for people."""
        return f"{self.what}: was {self.was or '(nothing)'}, is {self.now or '(nothing)'}"


def compare(old: Observation, new: Observation, lock: Lock) -> list[Difference]:
    """Return what is different, what breaks first.

    Args:
        old: of the pinned Codex (`proposer.upkeep.behaviour`).
        new: of the one that is tried.
        lock: names the model and effort that must still be there.
    """
    found = [*_model(old, new, lock), *_plain(old, new), *_runs(old["runs"], new["runs"]), *_guards(old, new)]
    return sorted(dict.fromkeys(found), key=lambda one: (not one.breaks, one.what))


def _model(old: Observation, new: Observation, lock: Lock) -> Iterator[Difference]:
    was, now = (side["models"] for side in (old, new))
    first, second = was.get(lock.model), now.get(lock.model)
    if first is not None or "error" in now:
        if second is None:
            yield Difference(what=f"model {lock.model}", was="in the catalogue", now=_said(now), breaks=True)
        elif lock.effort not in second["efforts"]:
            efforts = ", ".join(second["efforts"])
            yield Difference(what=f"effort of {lock.model}", was=lock.effort, now=efforts, breaks=True)
        elif second["code_mode"]:
            yield Difference(what=f"tools of {lock.model}", was="functions", now="code mode", breaks=True)
    for slug in sorted({*was, *now} - {lock.model, "error"}):
        if (slug in was) != (slug in now):
            sides = ["in the catalogue" if slug in side else "" for side in (was, now)]
            yield Difference(what=f"model {slug}", was=sides[0], now=sides[1], breaks=False)


def _said(value: Any) -> str:
    return str(value.get("error", "")) if isinstance(value, dict) else str(value)


def _plain(old: Observation, new: Observation) -> Iterator[Difference]:
    for flag, there in new["flags"].items():
        if there is not True:
            was = "there" if old["flags"].get(flag) is True else ""
            yield Difference(what=f"option codex {flag}", was=was, now=_told(there), breaks=True)
    if new["config"] != old["config"] and new["config"]:
        yield Difference(
            what=".codex/config.toml", was=_complaint(old["config"]), now=_complaint(new["config"]), breaks=True
        )
    features, others = old["features"], new["features"]
    for name in sorted({*features, *others}):
        if features.get(name) != others.get(name):
            was, now = str(features.get(name, "")), str(others.get(name, ""))
            yield Difference(what=f"feature {name}", was=was, now=now, breaks=name == "error")
    if old["cassette"] != new["cassette"]:
        # Recordings are bound to a version and made anew with the next one, whether or not they would still fit.
        was, now = _told(old["cassette"]), _told(new["cassette"])
        yield Difference(what="a recording of the pinned Codex", was=was, now=now, breaks="error" in new["cassette"])


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "there" if value else ""
    return _said(value) if isinstance(value, dict) else str(value)


def _complaint(value: Any) -> str:
    return _told(value) or "loads"


def _runs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name, was in old.items():
        now, where = new[name], f"run `{name}`"
        if "error" in now or now.get("outcome") != was.get("outcome"):
            before, after = (side.get("error") or side.get("outcome", "") for side in (was, now))
            if before != after:
                yield Difference(what=where, was=before, now=after, breaks=True)
        if {"tools", "events"} <= was.keys() & now.keys():
            yield from _lists(f"tools of {where}", was["tools"], now["tools"])
            yield from _lists(f"files of {where}", was["proposed"], now["proposed"])
            for kind in sorted({*was["events"], *now["events"]}):
                yield from _lists(f"event {kind} of {where}", was["events"].get(kind, []), now["events"].get(kind, []))


def _lists(what: str, old: list[str], new: list[str]) -> Iterator[Difference]:
    if gone := [one for one in old if one not in new]:
        yield Difference(what=what, was=", ".join(gone), now="", breaks=True)
    if more := [one for one in new if one not in old]:
        yield Difference(what=what, was="", now=", ".join(more), breaks=False)


def _guards(old: Observation, new: Observation) -> Iterator[Difference]:
    was, now = old["rules"], new["rules"]
    if "error" in now:
        yield Difference(what="rules", was=_said(was) or "tried", now=_said(now), breaks=True)
    else:
        for problem in now["problems"]:
            if problem not in was.get("problems", []):
                yield Difference(what="rules", was="as the table says", now=problem, breaks=True)
    if "error" in new["drills"]:
        yield Difference(what="drills", was="tried", now=_said(new["drills"]), breaks=True)
        return
    for name, ending in new["drills"].items():
        before = old["drills"].get(name, "")
        if ending != before:
            yield Difference(what=f"drill {name}", was=before, now=ending, breaks=ending != "contained")
