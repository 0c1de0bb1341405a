"""What enters and leaves this module."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from {{ cookiecutter.package_name }}.example.domain import LONGEST_NAME, LONGEST_NOTE, Item, new_item

__all__ = ["CreateItemRequest", "ItemDTO"]

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class _DTO(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CreateItemRequest(_DTO):
    """An item to create."""

    name: Name = Field(examples=["First item"])
    note: Note = Field(default="", description="Free text.")

    def item(self) -> Item:
        """Return the checked item.

        Raises:
            InvalidError: a rule of the domain is broken.
        """
        return new_item(name=self.name, note=self.note)


class ItemDTO(_DTO):
    """An item."""

    id: str
    name: str
    note: str
    created_at: dt.datetime
