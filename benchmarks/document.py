# ruff: noqa: RUF001 - the sign of multiplication
"""The page `docs/measurements.md`: its words are fixed, so that another machine's page differs only in figures.

Every figure stands in a table, in any cell but the first; `skeleton` takes them out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from figures import Curve, Figures, Pair

__all__ = ["BUDGETS", "FAMILIES", "MACHINE", "SHARES", "Budget", "missed", "render", "skeleton", "steepest"]

MACHINE = (
    "date",
    "cores",
    "memory",
    "system",
    "Python",
    "git",
    "Codex CLI",
    "Invoke",
    "DuckDB",
    "rounds of each figure",
)
"""What is said of the machine; never its name."""
_MET, _MISSED = "met", "**missed**"
_SECONDS, _MEMORY, _GROWTH = 10.0, 500, 2.2
_RATE = 10.0


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A figure that is compared with a named peer: what it is, how it is made of the two, and its limit."""

    what: str
    peer: str
    limit: str
    figure: Callable[[Pair], float]
    unit: str
    holds: Callable[[float], bool]


def _times(pair: Pair) -> float:
    return pair.ours / pair.peer


def _speed(pair: Pair) -> float:
    return pair.peer / pair.ours


BUDGETS = {
    "listing": Budget(
        what="`inv --list` in a generated repository", peer="an empty `tasks.py`", limit="at most 1.3 ×",
        figure=_times, unit="×", holds=lambda value: value <= 1.3,
    ),
    "reviewing": Budget(
        what="own time of a rehearsed review", peer="bare `codex exec`, same script and prompt", limit="at most 0.9 s",
        figure=lambda pair: pair.ours - pair.peer, unit="s", holds=lambda value: value <= 0.9,
    ),
    "staging": Budget(
        what="staging a repository of 7,000 files", peer="bare `git clone --shared` and checkout",
        limit="at most 1.2 ×", figure=_times, unit="×", holds=lambda value: value <= 1.2,
    ),
    "generating": Budget(
        what="`proposer new`", peer="copier on a template of the same files", limit="below 1 ×", figure=_times,
        unit="×", holds=lambda value: value < 1,
    ),
    "reading": Budget(
        what="reading event lines", peer="a bare loop of the fastest JSON parser", limit="at least 0.5 × its speed",
        figure=_speed, unit="×", holds=lambda value: value >= 0.5,
    ),
    "hashing": Budget(
        what="hashing the files of a record", peer="`sha256sum`", limit="at least 0.9 × its speed", figure=_speed,
        unit="×", holds=lambda value: value >= 0.9,
    ),
}  # fmt: skip
SHARES = {
    "drills": ("Drills", "attacks of a hostile model that are not reached, or not contained"),
    "drills without their guard": ("Drills", "attacks whose guard is taken away, and no escape is reported"),
    "hidden text": ("Sanitiser of untrusted text", "drawn texts that still hide something"),
    "innocent text": ("Sanitiser of untrusted text", "texts in many scripts and languages that are changed"),
    "live markup": ("Sanitiser of published text", "texts in which something still acts"),
    "innocent markup": ("Sanitiser of published text", "texts in which nothing acts that are changed"),
    "tokens, plain": ("Redaction", "drawn tokens that are not found"),
    "tokens, disguised": ("Redaction", "drawn tokens in escapes, base64, hexadecimal, or split, that are not found"),
    "secrets by place": ("Redaction", "drawn secrets in headers, URLs, assignments that are not found"),
    "personal data": ("Redaction", "drawn card numbers, IBANs, national numbers that are not found"),
    "false alarms": ("Redaction", "innocent characters: places that are masked"),
    "false alarms, personal": ("Redaction", "the same, with personal data"),
    "weakened tests": ("Gate of weakened tests", "changes that weaken a test and pass"),
    "honest changes": ("Gate of weakened tests", "honest changes that are stopped"),
}
"""What each rate of error is about, and what counts as wrong."""
FAMILIES = {"untrusted": "cleaning untrusted text", "redact": "redacting", "published": "defusing what is published"}
_MOMENT = 0.02

_TEXT = """# Measurements

What the project promises about speed, size and errors, measured in one go by `nox -s measure`, which writes this
page: its words are fixed, and on another machine only the figures differ. A figure beside a peer is the median of
rounds in which both took turns. Nothing about time is asserted by a test, since such a test fails on a busy machine;
the errors on these corpora are.

| measured on | |
|---|---|
{machine}

| budgets | |
|---|---|
{summary}

## Speed, against a peer

| what | against | ours | peer | figure | budget | |
|---|---|---|---|---|---|---|
{pairs}

Redacting has no peer: its budget is a rate, for event lines of a run, with known values, on one processor.

| what | figure | budget | |
|---|---|---|---|
{alone}

## Many records

Made-up records in one repository. `first` reads every record and makes the index; `again` finds it. Each row is a
process of its own: its time by the clock, what it used of the processors, its memory at most, and how its processor
time grew from half as many records. The clock must stay below {seconds:g} s at the smaller of the two numbers, memory
below {memory} MB at both, and growth at {growth} or less.

| what | records | clock | processor | memory | growth | |
|---|---|---|---|---|---|---|
{archive}

![Processor seconds of metrics, audit and report over the number of records](measurements/records.svg)

## Hostile text

Texts that a careless search is slow on: each kind is made ever longer, and what reads it must take about as many
times longer. The table names, of each family, the kind that grew most from the last size but one to the last, among
those that take longer than a moment.

| what | kinds | characters at most | longest time | steepest kind | its growth for twice the text |
|---|---|---|---|---|---|
{hostile}

![Processor seconds over the length of the text, one line for each kind of hostile text](measurements/texts.svg)

## Errors, in both directions

On the project's own corpora, which are in `tests/`: what was missed, and what was taken for something that it is not.
They were made by the people who made the rules, so they show that the rules do what was meant, and not what an
attacker may still think of.

| what counts as wrong | wrong | of | rate |
|---|---|---|---|
{shares}
"""


def render(figures: Figures) -> str:
    """Return the page.

    Raises:
        KeyError: a figure that the page shows was not measured.
    """
    return _TEXT.format(
        machine=_lines((name, figures.machine[name]) for name in MACHINE),
        summary=_lines([("missed", "; ".join(missed(figures)) or "none")]),
        pairs=_lines(_pairs(figures)), alone=_lines(_alone(figures)), archive=_lines(_archive(figures)),
        hostile=_lines(_hostile(figures)), shares=_lines(_shares(figures)),
        seconds=_SECONDS, memory=_MEMORY, growth=_GROWTH,
    )  # fmt: skip


def missed(figures: Figures) -> list[str]:
    """Return the budgets that are missed, by the first cell of their row."""
    rows = [*_pairs(figures), *_alone(figures), *_archive(figures)]
    return list(dict.fromkeys(row[0] for row in rows if row[-1] == _MISSED))


def skeleton(page: str) -> str:
    """Return a page without its figures: of each row of a table that is no heading, the first cell."""
    rows, lines = [], page.split("\n")
    for line, following in pairwise([*lines, ""]):
        is_row = line.startswith("| ") and not following.startswith("|---")
        rows.append(f"|{line.split('|')[1]}| …" if is_row else line)
    return "\n".join(rows)


def steepest(sizes: Sequence[int], curves: Iterable[Curve]) -> tuple[str, float]:
    """Return the kind of text whose time grew most for twice the text, and how much, among those that take 20 ms."""
    double = sizes[-1] / sizes[-2] / 2
    grown = [
        (curve.seconds[-1] / curve.seconds[-2] / double, curve.name) for curve in curves if curve.seconds[-2] >= _MOMENT
    ]
    growth, name = max(grown, default=(0.0, "none"))
    return name, growth


def _lines(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _told(holds: bool) -> str:
    return _MET if holds else _MISSED


def _pairs(figures: Figures) -> list[tuple[str, ...]]:
    rows = list[tuple[str, ...]]()
    for key, budget in BUDGETS.items():
        pair = figures.pairs[key]
        value = budget.figure(pair)
        rows.append((budget.what, budget.peer, f"{pair.ours:.3f} s", f"{pair.peer:.3f} s",
                     f"{value:.2f} {budget.unit}", budget.limit, _told(budget.holds(value))))  # fmt: skip
    return rows


def _alone(figures: Figures) -> list[tuple[str, ...]]:
    rate = figures.masked / figures.pairs["redacting"].ours / 1e6
    little, much = figures.events
    return [
        ("redacting event lines", f"{rate:.1f} MB/s", f"at least {_RATE:g} MB/s", _told(rate >= _RATE)),
        ("memory of reading ten times as many event lines", f"{little} MB, then {much} MB", "at most 1.1 ×",
         _told(much <= 1.1 * little)),
    ]  # fmt: skip


def _archive(figures: Figures) -> list[tuple[str, ...]]:
    rows = list[tuple[str, ...]]()
    half, whole = figures.records[-2:]
    for (name, when), all_taken in figures.archive.items():
        before, after = all_taken[-2:]
        growth = after.processor / before.processor
        for records, taken, grown, holds in (
            (half, before, "", before.seconds < _SECONDS and before.memory < _MEMORY),
            (whole, after, f"{growth:.2f} ×", growth <= _GROWTH and after.memory < _MEMORY),
        ):
            rows.append((f"{name}, {when}", f"{records:,}", f"{taken.seconds:.2f} s", f"{taken.processor:.2f} s",
                         f"{taken.memory} MB", grown, _told(holds)))  # fmt: skip
    return rows


def _hostile(figures: Figures) -> list[tuple[str, ...]]:
    rows = list[tuple[str, ...]]()
    for family, what in FAMILIES.items():
        sizes, curves = figures.sizes[family], figures.curves[family]
        name, growth = steepest(sizes, curves)
        longest = max(curve.seconds[-1] for curve in curves)
        rows.append((what, f"{len(curves)}", f"{sizes[-1]:,}", f"{longest:.2f} s", name, f"{growth:.2f} ×"))
    return rows


def _shares(figures: Figures) -> list[tuple[str, ...]]:
    rows = list[tuple[str, ...]]()
    for key, (what, wrong) in SHARES.items():
        share = figures.shares[key]
        rate = share.wrong / share.of if share.of else 0.0
        rows.append((f"{what}: {wrong}", f"{share.wrong:,}", f"{share.of:,}", f"{rate:.2g}" if rate else "0"))
    return rows
