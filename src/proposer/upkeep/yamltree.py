"""A YAML file of a CI system as tables, lists and text: nothing in it is made into anything else."""

from collections.abc import Iterator
from typing import Any

import yaml

__all__ = ["items", "load", "table", "texts"]

_LARGEST = 1_000_000
_MOST_NODES = 100_000


def load(data: bytes) -> dict[str, Any]:
    """Read a file; `on` stays `on`.

    Raises:
        ValueError: not YAML of a sensible size, or no table.
    """
    if len(data) > _LARGEST:
        raise ValueError(f"has more than {_LARGEST} bytes")
    try:
        document = yaml.load(data.decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text, lists and tables alone
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"is not YAML: {str(error).partition(chr(10))[0][:120]}") from error
    if not isinstance(document, dict):
        raise ValueError("holds no table")  # noqa: TRY004 - one kind of error for a bad file
    _limit(document)
    return document


def _limit(document: Any) -> None:
    """Refuse a tree that aliases blow up: it is walked as if each alias were written out."""
    seen, waiting = 0, [document]
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen > _MOST_NODES:
            raise ValueError(f"has more than {_MOST_NODES} values")
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def table(value: Any) -> dict[str, Any]:
    """Return a table, an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return a list; a single value is a list of one, nothing an empty one."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def texts(value: Any) -> Iterator[str]:
    """Yield every text below a value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
