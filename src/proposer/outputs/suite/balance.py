"""The books of what tests assert: what went out must come in again somewhere, at least as strict."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from proposer.outputs.reasons import Reason
from proposer.outputs.suite.assertions import Assertion
from proposer.outputs.suite.comparisons import Rank
from proposer.outputs.suite.testcases import Case

__all__ = ["Balance"]

_MEASURES = ("len", "bool", "type", "round", "int", "abs", "set", "sorted", "any", "id", "hash")
_BROAD = frozenset({"Exception", "BaseException"})
_ANYTHING = frozenset({None, "''", "'.*'", "'.+'", "'.'", "'^'", "r''", "r'.*'"})
_LOOKED_AT = 300
"""Assertions of one function that are compared without a common subject."""


@dataclass
class _Row:
    """An assertion and how often it is still to be accounted for."""

    assertion: Assertion
    times: int


@dataclass(frozen=True, kw_only=True)
class _Lack:
    """An assertion that has no counterpart in its own function."""

    old: Case
    new: Case
    row: _Row
    found: bool
    left: tuple[_Row, ...]


class Balance:
    """Takes in pairs of functions and new functions, then tells what is missing."""

    def __init__(self) -> None:
        self._lacks: list[_Lack] = []
        self._stock: dict[str, list[_Row]] = {}

    def compare(self, old: Case, new: Case) -> None:
        """Take in a function that is there before and after."""
        counted = new.sets if new.sets is not None else old.sets
        gone = _renamed(_rows(old, old.sets or 1), old, new)
        come = _rows(new, 1 if counted is None else counted)
        wanted = {id(row): row.times for row in gone}
        _match(gone, come, lambda row: row.form)
        _match(gone, come, lambda row: row.subject)
        _edit(gone, come)
        left = tuple(row for row in come if row.times > 0)
        for row in gone:
            if row.times > 0:
                self._lacks.append(_Lack(old=old, new=new, row=row, found=row.times < wanted[id(row)], left=left))
        self._put(left)

    def add(self, new: Case) -> None:
        """Take in a new function."""
        if new.collected and not new.skips:
            self._put(_rows(new, new.sets or 1))

    def settle(self) -> Iterator[Reason]:
        """Yield a reason for each assertion that came in nowhere."""
        for lack in self._lacks:
            if not self._take(lack.row):
                yield _reason(lack)
        self._lacks = []

    def covers(self, old: Case) -> bool:
        """Tell whether all that a function asserted came in elsewhere; it is taken out then."""
        rows = _rows(old, old.sets or 1)
        paid: list[tuple[_Row, int]] = []
        if rows and all(self._take(row, paid) for row in rows):
            return True
        for row, times in paid:
            row.times += times
        return False

    def lost(self, old: Case) -> Iterator[Reason]:
        """Yield what a helper asserted and nothing does any more."""
        for row in _rows(old, 1):
            if not self._take(row):
                yield Reason("assertion-removed", old.path, f"{old.name} no longer asserts `{row.assertion.text}`")

    def _put(self, rows: Iterator[_Row] | list[_Row] | tuple[_Row, ...]) -> None:
        for row in rows:
            self._stock.setdefault(row.assertion.subject, []).append(row)

    def _take(self, row: _Row, paid: list[tuple[_Row, int]] | None = None) -> bool:
        old = row.assertion
        for other in self._stock.get(old.subject, []):
            if row.times <= 0:
                break
            new = other.assertion
            related = old.subject not in ("_", "raises") or not old.words or bool(old.words & new.words)
            if other.times > 0 and related and not _weaker(old, new):
                times = _pay(row, other)
                if paid is not None:
                    paid.append((other, times))
        return row.times <= 0


def _rows(case: Case, sets: int) -> list[_Row]:
    return [_Row(one, one.weight * sets) for one in case.assertions if one.rank > Rank.VACUOUS and not one.lost]


def _renamed(rows: list[_Row], old: Case, new: Case) -> list[_Row]:
    """Let assertions about a name that is no longer imported be about the names that are imported instead."""
    gone, come = old.sources.keys() - new.sources.keys(), frozenset(new.sources.keys() - old.sources.keys())
    return [
        _Row(replace(row.assertion, words=row.assertion.words | come), row.times) if row.assertion.words & gone else row
        for row in rows
    ]


def _pay(row: _Row, other: _Row) -> int:
    times = min(row.times, other.times)
    row.times -= times
    other.times -= times
    return times


def _match(gone: list[_Row], come: list[_Row], key: Callable[[Assertion], str]) -> None:
    """Let assertions with the same key stand for one another, where the new one is not weaker."""
    index: dict[str, list[_Row]] = {}
    for row in come:
        index.setdefault(key(row.assertion), []).append(row)
    for row in gone:
        for other in index.get(key(row.assertion), []):
            if row.times > 0 and other.times > 0 and not _weaker(row.assertion, other.assertion):
                _pay(row, other)


def _edit(gone: list[_Row], come: list[_Row]) -> None:
    """Let what is left stand for one another in order, where both speak of something in common."""
    fresh = [other.assertion for other in come if other.times > 0][:_LOOKED_AT]
    for row in gone:
        # A call of `fail` says that something did not happen; what says so directly may say more besides.
        if _is_fail(row.assertion) and any(not _weaker(row.assertion, other) for other in fresh):
            row.times = 0
        others = [other for other in come if other.times > 0][:_LOOKED_AT] if row.times > 0 else []
        for other in others:
            old, new = row.assertion, other.assertion
            related = not old.words or bool(old.words & new.words)
            if row.times > 0 and related and not _weaker(old, new):
                # An edited assertion counts once, however often it is checked: `for` and `parametrize` may come or go.
                _pay(row, other)


def _is_fail(one: Assertion) -> bool:
    return one.kind == "call" and one.conditional and not one.words


def _weaker(old: Assertion, new: Assertion) -> bool:
    """Tell whether the new assertion holds in cases in which the old one fails, as far as their kinds say."""
    unsure = new.conditional and not old.conditional
    unawaited = old.awaited and not new.awaited and old.form == new.form
    if unsure or unawaited or new.rank == Rank.VACUOUS:
        return True
    if "raises" in (old.kind, new.kind):
        if old.kind != new.kind:
            return new.kind != "raises" or new.match in _ANYTHING
        return _wider(old, new) or (bool(old.words) and not old.words & new.words)
    if old.subject == new.subject:
        return _looser(old, new)
    measured = any(new.subject.startswith(f"Call({name},") for name in _MEASURES) and old.subject in new.subject
    if measured and not old.subject.startswith("Call(len,"):
        return True
    alike = old.boolean is not None and new.kind == "truth" and old.boolean is new.boolean
    return (new.rank < old.rank and not alike) or _coarser(old, new)


def _looser(old: Assertion, new: Assertion) -> bool:
    """Tell the same of two assertions about one subject."""
    if old.boolean is not None and new.kind == "truth":
        return old.boolean is not new.boolean
    if new.rank < old.rank or (old.kind == "compare" and new.kind == "truth"):
        return True
    return _coarser(old, new) or (old.operator == new.operator and _unbound(old, new))


def _coarser(old: Assertion, new: Assertion) -> bool:
    return old.tolerance > 0 and new.tolerance > old.tolerance


def _wider(old: Assertion, new: Assertion) -> bool:
    if new.exceptions & _BROAD and not old.exceptions & _BROAD:
        return True
    if old.exceptions and old.exceptions < new.exceptions and not new.exceptions & {"*"}:
        return True
    # Another statement before the one that is meant may raise in its place.
    more = 0 < old.statements < new.statements
    return more or (old.match not in _ANYTHING and new.match in _ANYTHING)


def _unbound(old: Assertion, new: Assertion) -> bool:
    """Tell whether a limit moved so that more values pass."""
    if isinstance(old.bound, float) and isinstance(new.bound, float):
        if old.operator in ("Gt", "GtE"):
            return new.bound < old.bound
        return old.operator in ("Lt", "LtE") and new.bound > old.bound
    if isinstance(old.bound, frozenset) and isinstance(new.bound, frozenset):
        if old.operator == "In":
            return old.bound < new.bound
        return old.operator == "NotIn" and new.bound < old.bound
    return False


def _reason(lack: _Lack) -> Reason:
    """Return the sentence that says what became of an assertion."""
    old, new, assertion = lack.old, lack.new, lack.row.assertion
    dead = next((one for one in new.assertions if one.lost and one.form == assertion.form), None)
    if dead is not None:
        return Reason("test-not-run", new.path, f"{new.name}: `{dead.text}` no longer counts: {dead.lost}")
    fewer = new.sets is not None and (old.sets or 1) > new.sets
    if fewer and (lack.found or any(one.form == assertion.form for one in new.assertions)):
        return Reason(
            "cases-removed", new.path, f"{new.name} runs with {new.sets} parameter sets instead of {old.sets}"
        )
    if lack.found:
        return Reason("cases-removed", new.path, f"{new.name} checks `{assertion.text}` less often than before")
    same = [one for one in new.assertions if not one.lost and one.form == assertion.form]
    left = [*same, *(one for one in new.assertions if not one.lost and one.words & assertion.words)]
    open_rows = {id(row.assertion) for row in lack.left}
    for other in left:
        if (id(other) in open_rows or other.rank == Rank.VACUOUS or other in same) and _weaker(assertion, other):
            message = f"{new.name}: `{assertion.text}` became `{other.text}`"
            if other.conditional and not assertion.conditional:
                message = f"{new.name}: `{other.text}` is only checked under a condition"
            return Reason("assertion-loosened", new.path, message)
    vacuous = next((one for one in new.assertions if one.rank == Rank.VACUOUS), None)
    if vacuous is not None and not any(one.rank == Rank.VACUOUS for one in old.assertions):
        return Reason("assertion-loosened", new.path, f"{new.name}: `{assertion.text}` became `{vacuous.text}`")
    return Reason("assertion-removed", new.path, f"{new.name} no longer asserts `{assertion.text}`")
