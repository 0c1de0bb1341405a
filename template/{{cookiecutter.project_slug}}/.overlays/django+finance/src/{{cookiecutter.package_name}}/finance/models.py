"""The tables of this module. Amounts are whole minor units: exact in every database.

Triggers that keep a sealed transaction balanced and unchanged stand in the migration `0002_guards`.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from {{ cookiecutter.package_name }}.finance.domain import KINDS

__all__ = ["AccountRow", "EntryRow", "TransactionRow"]


class AccountRow(models.Model):
    """An account of the chart."""

    id = models.CharField(primary_key=True, max_length=63)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)

    class Meta:
        """The table."""

        db_table = "finance_account"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="finance_account_kind"),
        ]

    def __str__(self) -> str:
        return self.id


class TransactionRow(models.Model):
    """A transaction. It is written unsealed, gets its entries, and is sealed: from then on nothing changes it."""

    number = models.BigAutoField(primary_key=True)
    identity = models.CharField(max_length=36, unique=True, db_column="id")
    description = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    date = models.DateField()
    posted_at = models.DateTimeField()
    sealed = models.BooleanField()

    class Meta:
        """The table."""

        db_table = "finance_transaction"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Exact(Length("currency"), 3), name="finance_transaction_currency"),
            models.CheckConstraint(condition=~models.Q(description=""), name="finance_transaction_description"),
        ]

    def __str__(self) -> str:
        return self.identity


class EntryRow(models.Model):
    """One line of a transaction."""

    number = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(
        TransactionRow, models.PROTECT, related_name="entries", db_column="transaction_number", db_index=False
    )
    position = models.IntegerField()
    account = models.ForeignKey(AccountRow, models.PROTECT, related_name="+")
    minor_units = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "finance_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transaction", "position"], name="finance_entry_position"),
            models.CheckConstraint(condition=~models.Q(minor_units=0), name="finance_entry_minor_units"),
        ]

    def __str__(self) -> str:
        return f"entry {self.number}"
