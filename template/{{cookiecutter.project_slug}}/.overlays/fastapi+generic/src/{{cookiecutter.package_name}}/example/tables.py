"""The table of this module."""

import datetime as dt

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from {{ cookiecutter.package_name }}.core.api import Base, Number, UtcDateTime
from {{ cookiecutter.package_name }}.example.domain import LONGEST_NAME, LONGEST_NOTE

__all__ = ["ItemRow"]


class ItemRow(Base):
    """An item."""

    __tablename__ = "example_item"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {LONGEST_NAME}", "name"),
        CheckConstraint(f"length(note) <= {LONGEST_NOTE}", "note"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime())
