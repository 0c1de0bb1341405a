"""The charts of the page: what is drawn, from the picture alone."""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from proposer.inputs.untrusted import reveal
from proposer.reports.overview.canvas import ACCENT, BAD, GOOD, GRID, INK, SOFT, WARN, canvas, svg
from proposer.reports.overview.picture import Picture
from proposer.reports.overview.surroundings import LEVELS

__all__ = ["GROUPS", "RISKS", "drawn", "levels", "short"]

GROUPS = (
    ("reviewed, nothing blocks", GOOD, ("clean", "findings")),
    ("blocked", ACCENT, ("blocked",)),
    ("no verdict", WARN, ("incomplete", "unavailable", "interrupted")),
    ("failed", BAD, ("violated", "invalid", "drifted")),
)
_SEVERITIES = (("P0", BAD), ("P1", WARN), ("P2", ACCENT), ("P3", SOFT))
_STEPS = ("read-only\nanalysis", "review\ncomments", "draft PR\non request", "draft PR\nby itself", "merge\nby itself")
RISKS = (2, 3, 5, 7, 10)
"""Risk of each automation level on a scale of 1 to 10, as the design's governance matrix ranks them."""
_FEW = 14
_LONGEST = 24
_MOST_STEPS = 400


def drawn(picture: Picture) -> dict[str, str]:
    """Return the SVG of each chart by name; a chart without anything to show is left out."""
    rows, bars = 0.45 * len(picture.modules), 0.6 + 0.4 * min(len(picture.spends), _FEW)
    wanted: tuple[tuple[str, bool, float, Callable[..., None]], ...] = (
        ("runs", bool(picture.days), 2.6, _runs),
        ("cost", any(one.cost or one.tokens for one in picture.spends), bars, _cost),
        ("tokens", any(day.fresh or day.cached or day.output for day in picture.days), 2.6, _tokens),
        ("durations", bool(picture.days), 2.6, _durations),
        ("findings", bool(picture.modules), 1.1 + rows, _findings),
        ("levels", True, 3.2, _levels),
    )
    with canvas() as figure:
        return {
            name: svg(name, figure(height), functools.partial(draw, picture=picture))
            for name, there, height, draw in wanted
            if there
        }


def _axis(picture: Picture) -> tuple[list[datetime], list[int]]:
    """Return every step of the time axis, also those without a run, and where the steps with runs stand in it."""
    steps, at = [picture.days[0].start], 0
    while steps[-1] < picture.days[-1].start and len(steps) < _MOST_STEPS:
        month = (steps[-1].replace(day=1) + timedelta(days=32)).replace(day=1)
        steps.append(
            month if picture.step == "month" else steps[-1] + timedelta(days=7 if picture.step == "week" else 1)
        )
    places = {start: at for at, start in enumerate(steps)}
    return steps, [places.get(day.start, at) for day in picture.days]


def _time(axes: Any, steps: Sequence[datetime], picture: Picture) -> None:
    """Label the time axis at a few of its steps."""
    every = max(1, -(-len(steps) // 8))
    shown = range(0, len(steps), every)
    form = "%b %Y" if picture.step == "month" else "%d %b"
    axes.set_xticks(list(shown), [steps[at].strftime(form) for at in shown])
    axes.set_xlim(-0.6, max(len(steps), 6) - 0.4)
    axes.grid(axis="y", linewidth=0.6)


def _stacked(axes: Any, places: Sequence[int], parts: Sequence[tuple[str, str, Sequence[float]]]) -> None:
    base = [0.0] * len(places)
    for label, colour, values in parts:
        if any(values):
            axes.bar(places, values, bottom=base, color=colour, label=label, width=0.8)
            base = [low + value for low, value in zip(base, values, strict=True)]
    axes.set_ylim(0, max(base, default=1) * 1.05 or 1)
    _legend(axes)


def _legend(axes: Any, columns: int = 4) -> None:
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0, handlelength=1, columnspacing=1.2
    )


def _runs(axes: Any, picture: Picture) -> None:
    steps, places = _axis(picture)
    _stacked(axes, places, [
        (label, colour, [sum(day.outcomes.get(name, 0) for name in names) for day in picture.days])
        for label, colour, names in GROUPS
    ])  # fmt: skip
    axes.yaxis.get_major_locator().set_params(integer=True)
    _time(axes, steps, picture)


def _tokens(axes: Any, picture: Picture) -> None:
    steps, places = _axis(picture)
    _stacked(axes, places, [
        ("input", ACCENT, [day.fresh for day in picture.days]),
        ("input from the cache", SOFT, [day.cached for day in picture.days]),
        ("output", WARN, [day.output for day in picture.days]),
    ])  # fmt: skip
    axes.yaxis.set_major_formatter(short)
    _time(axes, steps, picture)


def _cost(axes: Any, picture: Picture) -> None:
    rows = list(reversed(picture.spends[:_FEW]))
    priced = any(one.cost for one in rows)
    values = [one.cost if priced else one.tokens for one in rows]
    bars = axes.barh([_label(one.workflow) for one in rows], values, color=ACCENT, height=0.62)
    texts = [f"{value:,.2f} {picture.currency}" if priced else short(value) for value in values]
    axes.bar_label(bars, texts, padding=4, color=INK)
    axes.set_xlim(0, max(values) * 1.22 or 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _durations(axes: Any, picture: Picture) -> None:
    steps, places = _axis(picture)
    for label, colour, style, values in (
        ("slowest 1 %", BAD, ":", [day.p99 for day in picture.days]),
        ("slowest 10 %", WARN, "--", [day.p90 for day in picture.days]),
        ("median", ACCENT, "-", [day.p50 for day in picture.days]),
    ):
        axes.plot(places, values, style, color=colour, label=label, marker="o", markersize=3, linewidth=1.6)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} s")
    _legend(axes)
    _time(axes, steps, picture)


def _findings(axes: Any, picture: Picture) -> None:
    modules = list(reversed(picture.modules))
    names, base = [_label(one.name) for one in modules], [0.0] * len(modules)
    parts = [(f"{level} open", colour, "", [one.of(level, "open") for one in modules]) for level, colour in _SEVERITIES]
    parts += [("not mentioned since", GRID, "", [sum(one.of(level, "unknown") for level, _ in _SEVERITIES)
                                                  for one in modules])]  # fmt: skip
    parts += [("resolved", GOOD, "", [sum(one.of(level, "resolved") for level, _ in _SEVERITIES) for one in modules])]
    for label, colour, hatch, values in parts:
        if any(values):
            axes.barh(range(len(modules)), values, left=base, color=colour, label=label, height=0.62, hatch=hatch)
            base = [low + value for low, value in zip(base, values, strict=True)]
    axes.set_yticks(range(len(modules)), names)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="x", linewidth=0.6)
    axes.set_xlim(0, max(base) * 1.02 or 1)
    _legend(axes, 3)


def _levels(axes: Any, picture: Picture) -> None:
    levels(axes, picture.level)


def levels(axes: Any, level: int = 0) -> None:
    """Draw the risk of each automation level, and a ring around one of them (1 to 4; 0: none)."""
    places = range(1, len(_STEPS) + 1)
    axes.plot(places, RISKS, color=SOFT, linewidth=1.6, zorder=1)
    axes.scatter(places, RISKS, color=[GOOD, GOOD, WARN, WARN, BAD], s=70, zorder=2)
    if level:
        place = (level, RISKS[level - 1])
        axes.scatter([level], [place[1]], s=260, facecolors="none", edgecolors=INK, linewidths=1.6, zorder=3)
        axes.annotate(f"this repository: {LEVELS[level - 1]}", place, xytext=(12, -12), textcoords="offset points",
                      ha="left", va="top", color=INK)  # fmt: skip
    axes.set_xticks(list(places), _STEPS)
    axes.set_xlim(0.5, len(_STEPS) + 0.5)
    axes.set_ylim(0, 11.5)
    axes.set_yticks([0, 2, 4, 6, 8, 10])
    axes.set_ylabel("risk (1 to 10)")
    axes.grid(axis="y", linewidth=0.6)


def _label(text: str) -> str:
    shown = reveal(" ".join(text[: 2 * _LONGEST].split()))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def short(value: float, _: object = None) -> str:
    """Return a number of tokens in few characters."""
    for size, unit in ((1_000_000_000, " G"), (1_000_000, " M"), (1000, " k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:g}"
