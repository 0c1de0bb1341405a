"""The rules of an item, without a database."""

import pytest

from {{ cookiecutter.package_name }}.core.api import InvalidError
from {{ cookiecutter.package_name }}.example.domain import LONGEST_NAME, LONGEST_NOTE, new_item


@pytest.mark.parametrize(
    ("name", "note", "code"),
    [
        ("", "", "empty_name"),
        (" \t", "", "empty_name"),
        ("x" * (LONGEST_NAME + 1), "", "too_long"),
        ("x", "y" * (LONGEST_NOTE + 1), "too_long"),
    ],
    ids=["empty", "blank", "name", "note"],
)
def test_a_broken_rule_is_named(name: str, note: str, code: str) -> None:
    with pytest.raises(InvalidError) as caught:
        new_item(name=name, note=note)
    assert caught.value.code == code


def test_blanks_around_a_name_mean_nothing() -> None:
    assert new_item(name=" x ").fingerprint == new_item(name="x").fingerprint


def test_a_fingerprint_is_that_of_the_meaning() -> None:
    assert new_item(name="x", note="y").fingerprint != new_item(name="x").fingerprint
    assert new_item(name="x", note="y").fingerprint != new_item(name="xy").fingerprint
