"""Names for the folders of one run, so that what is kept of equal runs is equal, wherever they took place."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["CODEX", "OBJECTS", "RUN", "Places"]

RUN = "<proposer-run>"
"""Stands for the run's private folder (the stage is `<proposer-run>/stage`)."""
OBJECTS = "<proposer-objects>"
"""Stands for the folder of the repository's git objects, which the stage borrows."""
CODEX = "<proposer-codex>"
"""Stands for the folder of the installed Codex package."""


class Places:
    """Folders of this run and the names that stand for them in the record.

    Args:
        folders: absolute folders by name.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        # The longest first: one may lie inside another.
        self._folders = sorted(((str(path), name) for name, path in folders.items()), key=lambda row: -len(row[0]))

    def hide(self, text: str) -> str:
        """Return text (plain, or JSON) with each folder replaced by its name."""
        for path, name in self._folders:
            for form in dict.fromkeys((path, _quoted(path), _quoted(_quoted(path)))):
                text = text.replace(form, name)
        return text

    def show(self, value: Any, *, inside: bool = False) -> Any:
        """Return a JSON value of a record with each name replaced by this run's folder.

        Args:
            value: strings, lists and objects; anything else is returned as it is.
            inside: strings hold JSON themselves (the `arguments` of a call).
        """
        if isinstance(value, str):
            for path, name in self._folders:
                value = value.replace(name, _quoted(path) if inside else path)
            return value
        if isinstance(value, list):
            return [self.show(item) for item in value]
        if isinstance(value, dict):
            return {key: self.show(item, inside=key == "arguments") for key, item in value.items()}
        return value


def _quoted(text: str) -> str:
    """Return text as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
