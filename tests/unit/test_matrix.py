"""The matrix of combinations: complete, pairwise in CI, and the same each time."""

from itertools import combinations, product

from matrix import NAMES, SELECTED, SHAPING, SUPPORTED, cover
from proposer.config.answers import CHOICES, UNSUPPORTED, problems, unsupported


def test_every_shape_is_supported_or_refused_with_a_reason() -> None:
    shapes = {tuple(row[name] for name in SHAPING) for row in SUPPORTED.values()}
    total = 1
    for name in SHAPING:
        total *= len(CHOICES[name])
    refused = [
        dict(zip(SHAPING, values, strict=True))
        for values in product(*(CHOICES[name] for name in SHAPING))
        if values not in shapes
    ]
    assert len(shapes) == len(SUPPORTED)
    assert len(shapes) + len(refused) == total
    assert all(unsupported(shape) for shape in refused)


def test_no_combination_has_a_problem() -> None:
    assert {name: problems(row) for name, row in SUPPORTED.items() if problems(row)} == {}


def test_each_allowed_value_is_tested_where_there_are_rows_enough() -> None:
    for name, values in CHOICES.items():
        met = {row[name] for row in SUPPORTED.values()}
        assert len(met) == min(len(values), len(SUPPORTED)), name
    named = [row for row in SUPPORTED.values() if row.keys() & {"package_name", "author_name"}]
    assert len(named) >= min(len(SUPPORTED), 4) * 3 // 4


def test_ci_meets_each_pair_of_values_that_a_supported_shape_has() -> None:
    def pairs(rows: list[dict[str, str]]) -> set[tuple[str, ...]]:
        return {(one, row[one], other, row[other]) for row in rows for one, other in combinations(SHAPING, 2)}

    assert pairs([SUPPORTED[name] for name in SELECTED]) == pairs(list(SUPPORTED.values()))


def test_a_cover_is_small_complete_and_stable() -> None:
    rows = [{"a": a, "b": b, "c": c, "d": d} for a in "01" for b in "01" for c in "01" for d in "01"]
    taken = cover(rows, "abcd")
    assert len(taken) <= 6
    assert taken == cover(rows, "abcd")
    assert {(row["a"], row["d"]) for row in taken} == {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    assert cover([], "ab") == []


def test_names_are_dealt_and_refusals_have_reasons() -> None:
    assert len(NAMES) == len({str(row) for row in NAMES})
    assert all(why for _, why in UNSUPPORTED)
