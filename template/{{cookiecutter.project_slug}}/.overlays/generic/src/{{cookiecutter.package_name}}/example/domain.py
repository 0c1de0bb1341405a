"""What an item is, without database and HTTP."""

import hashlib
import json
from dataclasses import dataclass

from {{ cookiecutter.package_name }}.core.api import InvalidError

__all__ = ["LONGEST_NAME", "LONGEST_NOTE", "Item", "new_item"]

LONGEST_NAME = 80
LONGEST_NOTE = 500
"""Characters that a name and a note may have."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item that has not been written yet; only `new_item` makes one."""

    name: str
    note: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the meaning, to tell a repeated request from another one."""
        return hashlib.sha256(json.dumps([self.name, self.note], ensure_ascii=True).encode()).hexdigest()


def new_item(*, name: str, note: str = "") -> Item:
    """Check the rules; blanks around a name mean nothing.

    Raises:
        InvalidError: the name is empty, or a text is too long.
    """
    name = name.strip()
    if not name:
        raise InvalidError("empty_name", "a name must not be empty")
    if len(name) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        raise InvalidError("too_long", f"a name has at most {LONGEST_NAME} characters, a note {LONGEST_NOTE}")
    return Item(name=name, note=note)
