"""Money and double entry, without a database."""

import datetime as dt
from decimal import Decimal

import pytest

from {{ cookiecutter.package_name }}.core.api import InvalidError
from {{ cookiecutter.package_name }}.finance.domain import Entry, Posting, from_minor, posting, to_minor


def make(*amounts: str, currency: str = "EUR", description: str = "x") -> Posting:
    """Return a posting over as many accounts as there are amounts."""
    entries = [Entry(account=f"a{place}", amount=Decimal(amount)) for place, amount in enumerate(amounts)]
    return posting(description=description, currency=currency, date=dt.date(2026, 3, 2), entries=entries)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("0.1", "EUR", 10), ("12.50", "EUR", 1250), ("-0.01", "USD", -1), ("7", "JPY", 7), ("1.234", "KWD", 1234),
     ("999999999999999.99", "EUR", 99_999_999_999_999_999)],
)  # fmt: skip
def test_amounts_become_minor_units_and_come_back_exactly(amount: str, currency: str, units: int) -> None:
    assert to_minor(Decimal(amount), currency) == units
    assert from_minor(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amounts", "currency", "code"),
    [
        (("1.00", "-0.99"), "EUR", "unbalanced_transaction"),
        (("1.00",), "EUR", "too_few_entries"),
        ((), "EUR", "too_few_entries"),
        (("0", "0.00"), "EUR", "empty_entry"),
        (("0.001", "-0.001"), "EUR", "amount_too_fine"),
        (("0.5", "-0.5"), "JPY", "amount_too_fine"),
        (("1e15", "-1e15"), "EUR", "amount_out_of_range"),
        (("NaN", "NaN"), "EUR", "amount_out_of_range"),
        (("1", "-1"), "XXX", "unknown_currency"),
    ],
)
def test_a_broken_rule_is_named(amounts: tuple[str, ...], currency: str, code: str) -> None:
    with pytest.raises(InvalidError) as caught:
        make(*amounts, currency=currency)
    assert caught.value.code == code


def test_a_fingerprint_is_that_of_the_meaning() -> None:
    assert make("1.0", "-1").fingerprint == make("1.00", "-1.00").fingerprint
    assert make("1", "-1").fingerprint != make("2", "-2").fingerprint
    assert make("1", "-1").fingerprint != make("1", "-1", description="y").fingerprint
    assert make("1", "-1").fingerprint != make("1", "-1", currency="USD").fingerprint
