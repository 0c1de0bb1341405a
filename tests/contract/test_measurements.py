"""The page of measurements: its words come from the generator alone, so two machines' pages differ only in figures."""

import random
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import document
from figures import Curve, Figures, Pair, Share, Taken

PAGE = Path(__file__).resolve().parents[2] / "docs/measurements.md"


def figures(seed: int) -> Figures:
    """Draw what a machine may have measured."""
    chance = random.Random(seed)  # noqa: S311 - any figures will do
    sizes = {family: [10, 20, 40] for family in document.FAMILIES}
    return Figures(
        machine={name: f"{chance.random()}" for name in document.MACHINE},
        pairs={name: Pair(chance.uniform(0.1, 9), chance.uniform(0.1, 9)) for name in (*document.BUDGETS, "redacting")},
        masked=10_000_000,
        events=(chance.randint(10, 20), chance.randint(10, 20)),
        records=(10 * seed, 20 * seed),
        archive={
            (name, when): [Taken(chance.uniform(1, 9), chance.uniform(1, 9), chance.randint(10, 600)) for _ in "12"]
            for name in ("metrics", "audit", "report")
            for when in ("first", "again")
        },
        shares={name: Share(chance.randint(0, 9), 1000) for name in document.SHARES},
        sizes=sizes,
        curves={
            family: [Curve(f"kind {number}", [chance.uniform(1, 9) for _ in range(3)]) for number in range(3)]
            for family in document.FAMILIES
        },
    )


def test_pages_of_two_machines_differ_only_in_figures() -> None:
    one, other = document.render(figures(1)), document.render(figures(2))
    assert one != other
    assert document.skeleton(one) == document.skeleton(other)


def test_the_page_is_what_the_generator_writes_but_for_figures() -> None:
    assert document.skeleton(PAGE.read_text(encoding="utf-8")) == document.skeleton(document.render(figures(1)))


@pytest.mark.parametrize("words", ["## Speed", "| redacting event lines ", "never its name", "| Redaction: "])
def test_a_word_that_the_generator_does_not_write_is_seen(words: str) -> None:
    page = document.render(figures(1))
    poisoned = page.replace(words, f"{words}x", 1) if words in page else f"{page}{words}"
    assert document.skeleton(poisoned) != document.skeleton(page)


def test_its_pictures_are_beside_it_and_its_date_is_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.search(r"^\| date \| 20\d\d-\d\d-\d\d \|$", page, re.MULTILINE)
    for name in re.findall(r"\]\((measurements/[a-z]+\.svg)\)", page):
        assert (PAGE.parent / name).read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_a_missed_budget_is_named() -> None:
    slow = figures(1)
    bad = Figures(**{**vars(slow), "pairs": {**slow.pairs, "listing": Pair(2.0, 1.0)}})
    assert document.BUDGETS["listing"].what in document.missed(bad)
    assert document.BUDGETS["listing"].what in document.render(bad).split("## Speed")[0]


def test_the_steepest_kind_is_the_one_that_grew_most() -> None:
    curves = [Curve("straight", [1, 2, 4]), Curve("bent", [1, 4, 16]), Curve("too short to tell", [0, 0.001, 1])]
    assert document.steepest([10, 20, 40], curves) == ("bent", 4.0)
