"""The tables of this module. Amounts are whole minor units: exact in every database.

Triggers that keep a sealed transaction balanced and unchanged stand in the migration that makes these tables.
"""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from {{ cookiecutter.package_name }}.core.api import Base, Number, UtcDateTime
from {{ cookiecutter.package_name }}.finance.domain import KINDS

__all__ = ["AccountRow", "EntryRow", "TransactionRow"]


class AccountRow(Base):
    """An account of the chart."""

    __tablename__ = "finance_account"
    __table_args__ = (CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", "kind"),)

    id: Mapped[str] = mapped_column(String(63), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))


class TransactionRow(Base):
    """A transaction. It is written unsealed, gets its entries, and is sealed: from then on nothing changes it."""

    __tablename__ = "finance_transaction"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("length(currency) = 3", "currency"),
        CheckConstraint("length(description) BETWEEN 1 AND 200", "description"),
        CheckConstraint("sealed IN (0, 1)", "sealed"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(36))
    description: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    date: Mapped[dt.date] = mapped_column(Date())
    posted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime())
    sealed: Mapped[int] = mapped_column(Integer())
    entries: Mapped[list["EntryRow"]] = relationship(order_by="EntryRow.position", lazy="selectin")


class EntryRow(Base):
    """One line of a transaction."""

    __tablename__ = "finance_entry"
    __table_args__ = (
        UniqueConstraint("transaction_number", "position"),
        CheckConstraint("minor_units <> 0", "minor_units"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    transaction_number: Mapped[int] = mapped_column(ForeignKey("finance_transaction.number"))
    position: Mapped[int] = mapped_column(Integer())
    account_id: Mapped[str] = mapped_column(ForeignKey("finance_account.id"), index=True)
    minor_units: Mapped[int] = mapped_column(BigInteger())
