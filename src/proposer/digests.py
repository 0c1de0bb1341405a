"""SHA-256 digests of bytes, files and canonical JSON."""

import hashlib
from pathlib import Path
from typing import Any

import rfc8785

__all__ = ["canonical", "of_bytes", "of_file", "of_json", "prefixed"]

_SMALL = 1 << 16


def of_bytes(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def of_file(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes, read in blocks.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as stream:
        data = stream.read(_SMALL)
        if len(data) < _SMALL and not stream.read(1):
            return hashlib.sha256(data).hexdigest()  # no buffer of 256 KiB for each of many small files
        stream.seek(0)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical(value: Any) -> bytes:
    """Return the canonical JSON form of `value` (RFC 8785), without a trailing newline."""
    return rfc8785.dumps(value)


def of_json(value: Any) -> str:
    """Return the hexadecimal SHA-256 of the canonical JSON form of `value`."""
    return of_bytes(canonical(value))


def prefixed(digest: str) -> str:
    """Return a digest as it stands in JSON documents: `sha256:<hex>`."""
    return f"sha256:{digest}"
