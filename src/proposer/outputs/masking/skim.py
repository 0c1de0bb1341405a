"""Takes all strings out of a JSON document, as fast as its parser reads them."""

import json
from typing import Any

from proposer.outputs.masking.assignments import is_secret
from proposer.outputs.masking.jsonlines import NAMES, promised
from proposer.outputs.masking.names import kind_of

__all__ = ["strings"]

_TELLING = frozenset(spelt for name in (*NAMES, "kind", "kty") for spelt in (name, name.title(), name.upper()))
_TELLING |= {"ParameterKey", "ParameterName", "KeyName", "parameterKey", "parameterName", "keyName"}
_LONG = 99_999
_KINDS = frozenset({"Secret", "RSA", "EC", "OKP", "oct"})

# Objects become tuples of pairs, so that no member is lost; lists stay lists.
_DECODER = json.JSONDecoder(object_pairs_hook=tuple)


class _TellingError(ValueError):
    """A key or a neighbour promises a secret here."""


def strings(line: str) -> list[str] | None:
    """Return all strings and long numbers of a JSON document; None where `jsonlines.rewrite` must have a look.

    That is so where a key promises a secret and has a value that may be one, or where a line is not plain JSON.
    """
    found: list[str] = []
    try:
        waiting: list[Any] = [_DECODER.decode(line)]
        while waiting:
            value = waiting.pop()
            if value.__class__ is tuple:
                _members(value, found, waiting)
            elif value.__class__ is list:
                _items(value)
                waiting.extend(reversed(value))
            else:
                _take(value, found)
    except (ValueError, RecursionError):
        return None
    return found


def _take(value: Any, found: list[str]) -> None:
    if value.__class__ is str:
        found.append(value)
    elif value.__class__ is int and (value > _LONG or value < -_LONG):
        found.append(str(value))


def _members(members: tuple[tuple[str, Any], ...], found: list[str], waiting: list[Any]) -> None:
    """Take the members of an object."""
    for key, value in members:
        found.append(key)
        kind = promised(key)
        if value.__class__ is str:
            if is_secret(value, kind) if kind else key in _TELLING and (kind_of(value) or value in _KINDS):
                raise _TellingError
            found.append(value)
        elif value.__class__ is tuple or value.__class__ is list:
            if kind and value:
                raise _TellingError
            waiting.append(value)
        else:
            if kind and value.__class__ is int and is_secret(str(value), kind):
                raise _TellingError
            _take(value, found)


def _items(items: list[Any]) -> None:
    """Look at a list for what may be a command line: `["--password", "x"]`."""
    previous = ""
    for item in items:
        if item.__class__ is str:
            if previous[:1] == "-" and kind_of(previous):
                raise _TellingError
            previous = item
