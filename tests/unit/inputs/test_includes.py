"""Prompts include pinned files beside them, and nothing else."""

import pytest

from proposer.errors import UsageError
from proposer.inputs.includes import beside
from proposer.inputs.prompt import Diff, render

EMPTY = Diff(text="", excluded=(), not_reviewed=(), hidden=())
DOMAIN = '{% include "domain.md" ignore missing %}'
FILES = {
    "p/review.md": DOMAIN.encode(),
    "p/domain.md": b'Rules. {% include "deep/more.md" %}',
    "p/deep/more.md": b"More rules.",
    "p/other.md": b"not asked for",
    "AGENTS.md": b"elsewhere",
    "domain.md": b"not beside it",
}


def filled(source: str, included: dict[str, str]) -> str:
    return render(source, diff=EMPTY, texts=(), limit=1_000, values={}, includes=included).text


def test_what_a_prompt_includes_is_found_also_through_another_file() -> None:
    assert set(beside("p/review.md", FILES)) == {"domain.md", "deep/more.md"}
    assert filled(DOMAIN, beside("p/review.md", FILES)) == "Rules. More rules."


def test_a_prompt_in_the_root_includes_what_is_beside_it() -> None:
    assert set(beside("review.md", {"review.md": DOMAIN.encode(), "domain.md": b"x"})) == {"domain.md"}


@pytest.mark.parametrize("name", ["../AGENTS.md", "/AGENTS.md", "p/other.md", "./other.md"])
def test_nothing_outside_of_the_folder_can_be_named(name: str) -> None:
    source = f'{{% include "{name}" %}}'
    included = beside("p/review.md", FILES | {"p/review.md": source.encode()})
    assert included == {}
    with pytest.raises(UsageError, match="cannot be filled"):
        filled(source, included)


def test_a_name_that_is_made_up_while_rendering_finds_nothing() -> None:
    source = '{% set name = "other.md" %}{% include name %}'
    included = beside("p/review.md", FILES | {"p/review.md": source.encode()})
    assert included == {}
    with pytest.raises(UsageError, match="cannot be filled"):
        filled(source, included)


def test_a_file_that_may_be_missing_leaves_nothing_behind() -> None:
    assert filled(f"a{DOMAIN}b", beside("p/review.md", {"p/review.md": DOMAIN.encode()})) == "ab"


def test_files_that_include_each_other_are_refused_and_do_not_hang() -> None:
    source = '{% include "a.md" %}'
    included = beside("p/review.md", {"p/review.md": source.encode(), "p/a.md": source.encode()})
    with pytest.raises(UsageError, match="cannot be filled"):
        filled(source, included)


def test_a_mistake_in_an_included_file_is_reported_when_it_is_used() -> None:
    included = beside("p/review.md", FILES | {"p/domain.md": b"{% if %}"})
    with pytest.raises(UsageError, match="cannot be filled"):
        filled(DOMAIN, included)


def test_a_change_that_spells_an_include_gets_none() -> None:
    diff = Diff(text='+{% include "domain.md" %}\n', excluded=(), not_reviewed=(), hidden=())
    included = beside("p/review.md", FILES)
    shown = render("{{ diff }}", diff=diff, texts=(), limit=1_000, values={}, includes=included).text
    assert "{% include" in shown
    assert "Rules." not in shown
