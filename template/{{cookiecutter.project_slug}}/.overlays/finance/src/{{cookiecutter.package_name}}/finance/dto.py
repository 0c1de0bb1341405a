"""What enters and leaves this module. Amounts are decimal strings: a JSON number would pass through a float."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{ cookiecutter.package_name }}.finance.domain import Entry, Posting, posting

__all__ = [
    "AccountDTO",
    "AmountDTO",
    "BalanceDTO",
    "CreateTransactionRequest",
    "EntryDTO",
    "TransactionDTO",
]

AccountId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,3})?$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Description = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _DTO(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryDTO(_DTO):
    """One line of a transaction."""

    account: AccountId = Field(description="Id of an account.", examples=["cash"])
    amount: Amount = Field(description="Positive: the account gains (debit). Negative: it gives.", examples=["12.50"])


class CreateTransactionRequest(_DTO):
    """A transaction to post; the amounts of its entries sum to zero."""

    description: Description = Field(examples=["Invoice 17"])
    currency: CurrencyCode = Field(description="ISO 4217 code.", examples=["EUR"])
    date: dt.date = Field(description="Day the transaction counts for.")
    entries: Annotated[list[EntryDTO], Field(min_length=2, max_length=100)]

    def posting(self) -> Posting:
        """Return the checked transaction.

        Raises:
            InvalidError: a rule of double entry is broken.
        """
        entries = [Entry(account=entry.account, amount=Decimal(entry.amount)) for entry in self.entries]
        return posting(description=self.description, currency=self.currency, date=self.date, entries=entries)


class TransactionDTO(_DTO):
    """A posted transaction; it never changes."""

    id: str
    description: str
    currency: str
    date: dt.date
    entries: list[EntryDTO]
    posted_at: dt.datetime


class AccountDTO(_DTO):
    """An account of the chart."""

    id: AccountId
    name: str
    kind: Literal["asset", "liability", "equity", "income", "expense"]


class AmountDTO(_DTO):
    """An amount in one currency."""

    currency: str
    amount: str


class BalanceDTO(_DTO):
    """What an account holds, one amount for each currency that was ever posted to it."""

    account: str
    balances: list[AmountDTO]
