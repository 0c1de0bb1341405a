"""Reads one record for the index: two files, each opened once, neither followed where it is a link."""

import json
import os
import re
import stat

from pydantic import ValidationError

from proposer import digests
from proposer.archive.entry import Entry, taken
from proposer.provenance.document import Document
from proposer.provenance.record import RECORD, STATEMENT

__all__ = ["UnreadableError", "read", "seen"]

_NAMED = re.compile(rb'"digest":\{"sha256":"([0-9a-f]{64})"\},"name":"record\.json"\}')
"""How a statement names the record, in canonical JSON; quotes inside of a text are escaped there and do not match."""
_MOST_BYTES = 64 * 1024 * 1024


class UnreadableError(Exception):
    """A record that has no line: the message says why, in one sentence."""


def seen(place: str) -> str:
    """Return what the file system says of the two files of a record, by its folder; a change of either changes it.

    Raises:
        UnreadableError: one of them is not there.
    """
    return f"{_state(place, RECORD)};{_state(place, STATEMENT)}"


def _named(statement: bytes) -> set[str]:
    """Return the digests under which a statement names the record."""
    if found := _NAMED.findall(statement):
        return {digest.decode() for digest in found}
    try:
        parts = json.loads(statement)["predicate"]["runDetails"]["byproducts"]
        return {part["digest"]["sha256"] for part in parts if part["name"] == RECORD}
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


def _state(place: str, name: str) -> str:
    try:
        return _told(os.lstat(f"{place}/{name}"), name)
    except OSError as error:
        raise UnreadableError(f"{name} cannot be read: {error.strerror}") from error


def read(place: str, run: str) -> Entry:
    """Read the record of a run.

    Raises:
        UnreadableError: it is no record of this library, or one of another folder.
    """
    (record, first), (statement, second) = _bytes(place, RECORD), _bytes(place, STATEMENT)
    digest = digests.of_bytes(record)
    try:
        entry = taken(
            Document.model_validate_json(record),
            seen=f"{first};{second}",
            leaf=digests.of_bytes(statement),
            record=digest,
            whole=digest in _named(statement),
        )
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"{RECORD} cannot be read") from error
    if entry.run != run:
        raise UnreadableError(f"{RECORD} belongs to run {entry.run}")
    return entry


def _bytes(place: str, name: str) -> tuple[bytes, str]:
    """Return a file's bytes and its state, from one descriptor: nothing comes in between."""
    try:
        descriptor = os.open(f"{place}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            return _all(descriptor, name)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableError(f"{name} cannot be read: {error.strerror}") from error


def _all(descriptor: int, name: str) -> tuple[bytes, str]:
    found = os.fstat(descriptor)
    state = _told(found, name)
    if found.st_size > _MOST_BYTES:
        raise UnreadableError(f"{name} is larger than any that this library writes")
    data = os.read(descriptor, found.st_size + 1)
    while len(data) < found.st_size and (part := os.read(descriptor, found.st_size)):
        data += part
    return data, state


def _told(found: os.stat_result, name: str) -> str:
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError(f"{name} is not a regular file")
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"
