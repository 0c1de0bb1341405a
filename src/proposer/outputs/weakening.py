"""Whether a change makes the tests and checks of a repository weaker: finding by finding, from syntax trees."""

from collections.abc import Collection, Iterator, Mapping

from proposer.outputs.foreign import weaker_foreign
from proposer.outputs.loosening import loosened
from proposer.outputs.reasons import Reason
from proposer.outputs.standins import shadowing, stand_ins
from proposer.outputs.suite.balance import Balance
from proposer.outputs.suite.expressions import TooMuchError
from proposer.outputs.suite.files import Suite
from proposer.outputs.suite.locations import is_at_home, is_test_file
from proposer.outputs.suite.testcases import Case
from proposer.outputs.suppressions import added_suppressions

__all__ = ["weakenings"]

_ALIKE = 0.62
"""How much of two functions must be the same for one to be the other under a new name."""
_PAIRS = 60_000
"""Comparisons of bodies that are made at most; beyond it a test counts as removed."""


def weakenings(before: Mapping[str, str], after: Mapping[str, str], *, tracked: Collection[str] = ()) -> list[Reason]:
    """Return what a change takes away from tests and checks.

    Args:
        before: old texts of the changed files by path; a file that was added is not in it.
        after: new texts; a file that was removed is not in it.
        tracked: all paths of the new tree, for what an ignore file hides.
    """
    found = [
        *added_suppressions(before, after),
        *loosened(before, after, tracked),
        *weaker_foreign(before, after),
        *shadowing(before, after, tracked),
    ]
    try:
        found += _tests(before, after)
    except (RecursionError, MemoryError):
        found.append(Reason("test-unreadable", "", "the tests are nested too deeply to be compared"))
    except TooMuchError:
        found.append(Reason("test-unreadable", "", "the tests assert more than can be compared"))
    return sorted(set(found), key=lambda reason: (reason.path, reason.code, reason.message))


def _tests(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Reason]:
    old = Suite({path: text for path, text in before.items() if is_test_file(path)})
    new = Suite({path: text for path, text in after.items() if is_test_file(path)})
    yield from _unreadable(old, new, before)
    yield from _ended(old, new)
    pairs = _pairs(old, new)
    balance = Balance()
    automatic = any(case.needs_async and case.collected for case in old.cases.values())
    for case in old.cases.values():
        other = pairs.get(case.where)
        if other is None or case.same_as(other):
            continue
        if case.collected and other.collected:
            yield from _marks(case, other, automatic=automatic)
        if other.collected if case.collected else not case.used:
            balance.compare(case, other)
    kept = {case.where for case in pairs.values()}
    anywhere = not any(is_at_home(path) for path, _ in old.cases)
    for case in new.cases.values():
        if case.where not in kept:
            if anywhere or is_at_home(case.path):
                balance.add(case)
            yield from (_skipped(case, one) for one in sorted(case.skipped) if case.collected)
    yield from balance.settle()
    for case in old.cases.values():
        yield from _gone(case, pairs.get(case.where), new, balance)


def _unreadable(old: Suite, new: Suite, before: Mapping[str, str]) -> Iterator[Reason]:
    for path, why in new.unreadable.items():
        # The source of a template is no Python before it is rendered; it was none before the change either.
        if "{{" not in path or (path in before and path not in old.unreadable):
            yield Reason("test-unreadable", path, f"cannot be read as Python: {why}")


def _ended(old: Suite, new: Suite) -> Iterator[Reason]:
    for path, endings in new.endings.items():
        for name in sorted(endings - old.endings.get(path, frozenset())):
            yield Reason("test-not-run", path, f"{name} ends the run when the file is imported")


def _pairs(old: Suite, new: Suite) -> dict[tuple[str, str], Case]:
    """Return for each old function the one that it is now: by name, then by body."""
    pairs = {where: new.cases[where] for where in old.cases if where in new.cases}
    # A test that keeps its name and is switched off is not found again under another one.
    taken = {case.where for case in pairs.values()}
    lost = [case for case in old.cases.values() if case.where not in pairs and (case.collected or not case.used)]
    free = [case for case in new.cases.values() if case.where not in taken]
    if len(lost) * len(free) > _PAIRS:
        names = {(case.name, case.body): case for case in free}
        return pairs | {case.where: found for case in lost if (found := names.get((case.name, case.body)))}
    rows = [
        (_alike(case, other) + 0.2 * (case.name == other.name) + (case.body == other.body), case.where, other)
        for case in lost
        for other in free
        if case.collected is other.collected and (is_at_home(other.path) or not is_at_home(case.path))
    ]
    for value, where, other in sorted(rows, key=lambda row: (-row[0], row[1], row[2].where)):
        if value >= _ALIKE and where not in pairs and other.where not in taken:
            pairs[where] = other
            taken.add(other.where)
    return pairs


def _alike(one: Case, other: Case) -> float:
    """Return how much of two bodies is the same; a name that is no longer imported may have become a new one."""
    size = one.tokens.total() + other.tokens.total()
    small = min(one.tokens.total(), other.tokens.total())
    if not size or 2 * small / size < _ALIKE / 2:
        return 0.0
    gone, come = one.sources.keys() - other.sources.keys(), other.sources.keys() - one.sources.keys()
    renamed = min(sum(one.tokens[name] for name in gone), sum(other.tokens[name] for name in come))
    return 2 * ((one.tokens & other.tokens).total() + renamed) / size


def _gone(case: Case, now: Case | None, new: Suite, balance: Balance) -> Iterator[Reason]:
    """Yield what is lost with a function that has no counterpart, unless all that it asserted is asserted elsewhere."""
    if now is not None:
        if case.collected and not now.collected:
            yield Reason("test-removed", case.path, f"{case.name} is no longer collected")
    elif not case.collected:
        yield from [] if case.used or case.path in new.unreadable else balance.lost(case)
    elif case.path not in new.unreadable and not _kept_as_a_copy(case, new):
        yield from _removed(case, new, balance)


def _kept_as_a_copy(case: Case, new: Suite) -> bool:
    """Tell whether a test with the same body stands in the same place under another name."""
    others = new.copies.get((case.path, case.name.rpartition(".")[0], case.body), ()) if case.body else ()
    return any((other.sets or 0) >= (case.sets or 0) and not other.skips - case.skips for other in others)


def _removed(case: Case, new: Suite, balance: Balance) -> Iterator[Reason]:
    off = next((other for other in new.uncollected if _alike(case, other) >= _ALIKE), None)
    if off is not None and off.name.rpartition(".")[2] != case.name.rpartition(".")[2]:
        yield Reason("test-removed", case.path, f"{case.name} is now {off.name}, which is not collected")
    elif off is not None:
        yield Reason("test-removed", case.path, f"{case.name} is now in {off.path}, {off.name}, and not collected")
    elif not balance.covers(case):
        yield Reason("test-removed", case.path, f"{case.name} is gone")


def _marks(old: Case, new: Case, *, automatic: bool) -> Iterator[Reason]:
    """Yield what keeps a test from running, or from running as often, that did not do so before."""
    yield from (_skipped(new, one) for one in sorted(new.skips - old.skips))
    yield from (_skipped(new, f"the new {name} chooses what runs") for name in sorted(new.hooks - old.hooks))
    if new.yields and not old.yields:
        yield Reason("test-not-run", new.path, f"{new.name} became a generator, which is not run")
    if new.needs_async and not old.needs_async and not automatic:
        yield Reason("test-not-run", new.path, f"{new.name} is a coroutine that nothing awaits")
    if old.calls and not new.calls and not old.assertions:
        yield Reason("test-not-run", new.path, f"{new.name} does nothing any more")
    yield from (Reason("subject-mocked", new.path, f"{new.name} {message}") for message in stand_ins(old, new))
    yield from _cases(old, new)


def _cases(old: Case, new: Case) -> Iterator[Reason]:
    drawn = new.examples or 0
    if old.examples is not None and drawn < old.examples:
        yield Reason("cases-removed", new.path, f"{new.name} draws {drawn} examples instead of {old.examples}")
    for name in sorted(new.unhealthy - old.unhealthy):
        yield Reason("suppression", new.path, f"{new.name} suppresses the health check {name}")
    if (old.sets or 0) > 1 and new.sets is None:
        yield Reason("cases-removed", new.path, f"{new.name}: its parameter sets can no longer be counted")
    elif old.sets is not None and new.sets is not None and new.sets < old.sets and not old.assertions:
        yield Reason("cases-removed", new.path, f"{new.name} runs with {new.sets} parameter sets instead of {old.sets}")


def _skipped(case: Case, how: str) -> Reason:
    return Reason("test-skipped", case.path, f"{case.name}: {how}")
