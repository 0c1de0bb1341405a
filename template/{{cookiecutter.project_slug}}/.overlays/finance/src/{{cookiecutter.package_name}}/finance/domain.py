"""Money and double entry. Amounts are `Decimal` here, whole minor units in the database, text at the boundary."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from {{ cookiecutter.package_name }}.core.api import InvalidError

__all__ = ["KINDS", "MINOR_UNITS", "Entry", "Posting", "from_minor", "posting", "to_minor"]

MINOR_UNITS = {
    "AUD": 2, "BHD": 3, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2, "ISK": 0, "JPY": 0,
    "KRW": 0, "KWD": 3, "NOK": 2, "NZD": 2, "PLN": 2, "SEK": 2, "SGD": 2, "TND": 3, "USD": 2,
}  # fmt: skip
"""Decimal places of each currency that is kept here (ISO 4217)."""

KINDS = ("asset", "liability", "equity", "income", "expense")
"""Kinds of accounts."""

_LARGEST = 10**15
_FEWEST = 2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a transaction: what an account gains (positive, a debit) or gives (negative, a credit)."""

    account: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A balanced transaction that has not been written yet; only `posting` makes one."""

    description: str
    currency: str
    date: dt.date
    entries: tuple[Entry, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the meaning: `1.0` and `1.00`, or another order of JSON keys, are the same request."""
        lines = [[entry.account, to_minor(entry.amount, self.currency)] for entry in self.entries]
        text = json.dumps([self.description, self.currency, self.date.isoformat(), lines], ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def posting(*, description: str, currency: str, date: dt.date, entries: Sequence[Entry]) -> Posting:
    """Check the rules of double entry.

    Raises:
        InvalidError: an unknown currency, too few entries, an amount that is zero, too large or too fine for its
            currency, or entries that do not sum to zero.
    """
    if currency not in MINOR_UNITS:
        raise InvalidError("unknown_currency", f"currency must be one of {', '.join(MINOR_UNITS)}")
    if len(entries) < _FEWEST:
        raise InvalidError("too_few_entries", "a transaction needs at least two entries")
    if any(to_minor(entry.amount, currency) == 0 for entry in entries):
        raise InvalidError("empty_entry", "an amount must not be zero")
    if sum(to_minor(entry.amount, currency) for entry in entries) != 0:
        raise InvalidError("unbalanced_transaction", "the amounts of a transaction must sum to zero")
    return Posting(description=description, currency=currency, date=date, entries=tuple(entries))


def to_minor(amount: Decimal, currency: str) -> int:
    """Return whole minor units, exactly.

    Raises:
        InvalidError: the amount is no number, too large, or has more decimal places than its currency.
    """
    places = MINOR_UNITS[currency]
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise InvalidError("amount_out_of_range", f"an amount must be a number below {_LARGEST}")
    scaled = amount.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise InvalidError("amount_too_fine", f"{currency} has {places} decimal places")
    return int(scaled)


def from_minor(units: int, currency: str) -> Decimal:
    """Return the amount, with exactly the decimal places of its currency."""
    return Decimal(units).scaleb(-MINOR_UNITS[currency])
