"""The declarative base of all modules, and the tables of this one."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Integer, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

__all__ = ["METADATA", "AuditRow", "Base", "IdempotencyRow", "Number", "UtcDateTime"]

METADATA = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)
Number = BigInteger().with_variant(Integer, "sqlite")
"""Type of counting keys; SQLite counts only in a column that is declared `INTEGER`."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Refuse a time without a zone: nobody could tell what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Return an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of every table; a table's name starts with the name of its module."""

    metadata = METADATA


class IdempotencyRow(Base):
    """A key that was used; that it is used once is a constraint of the database."""

    __tablename__ = "core_idempotency_key"
    __table_args__ = (UniqueConstraint("scope", "key"), CheckConstraint("length(fingerprint) = 64", "fingerprint"))

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    scope: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    fingerprint: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime())


class AuditRow(Base):
    """Who did what to which thing, by ids alone: no text that a person wrote. Rows are never changed."""

    __tablename__ = "core_audit"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime())
    principal: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(36))
