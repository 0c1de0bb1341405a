"""The append-only ledger: one line per statement, each chained to the one before it.

A line is `<index> <leaf> <chain>`: leaf = sha256 of the statement's bytes, chain = sha256 of the former chain's bytes
followed by the leaf's (32 zero bytes before the first). A changed, moved or doubled line breaks the chain. That the
tail was cut off cannot be seen from the file alone; a head that was committed shows it.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer import digests
from proposer.errors import RefusedError

__all__ = ["Ledger", "Line"]

_START = bytes(32)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the ledger; digests in hexadecimal."""

    index: int
    leaf: str
    chain: str


def _chained(before: bytes, leaf: str) -> str:
    return hashlib.sha256(before + bytes.fromhex(leaf)).hexdigest()


class Ledger:
    """A ledger file; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, statement: bytes) -> int:
        """Add a statement and return its index; safe between processes, and on disk when it returns.

        A line that a crash cut short (it has no newline) was never acknowledged and is removed first.

        Raises:
            RefusedError: the last line is damaged.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            data = self.path.read_bytes()
            whole = data.rfind(b"\n") + 1
            if whole < len(data):
                os.ftruncate(descriptor, whole)
            rows = data[:whole].splitlines()
            last = self._parse(rows[-1], len(rows) - 1) if rows else None
            index = last.index + 1 if last else 0
            leaf = digests.of_bytes(statement)
            chain = _chained(bytes.fromhex(last.chain) if last else _START, leaf)
            os.write(descriptor, f"{index} {leaf} {chain}\n".encode())
            os.fsync(descriptor)
            return index
        finally:
            os.close(descriptor)

    def lines(self) -> Iterator[Line]:
        """Yield the lines in order; none where there is no ledger.

        Raises:
            RefusedError: a line cannot be read.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for number, row in enumerate(stream):
                if row.endswith(b"\n"):
                    yield self._parse(row, number)

    def verify(self) -> None:
        """Check every line.

        Raises:
            RefusedError: a line was changed, moved, doubled or removed; the message names it.
        """
        before = _START
        for number, line in enumerate(self.lines()):
            if line.index != number or line.chain != _chained(before, line.leaf):
                raise RefusedError(f"the ledger is broken at line {number + 1}", "restore .proposer/ledger from a copy")
            before = bytes.fromhex(line.chain)

    def holds(self, statement: bytes) -> bool:
        """Tell whether a statement with exactly these bytes was appended."""
        leaf = digests.of_bytes(statement)
        return any(line.leaf == leaf for line in self.lines())

    def _parse(self, row: bytes, number: int) -> Line:
        parts = row.decode("ascii", errors="replace").split()
        good = len(parts) == 3 and parts[0].isdecimal() and all(len(part) == 64 for part in parts[1:])  # noqa: PLR2004
        try:
            if good:
                bytes.fromhex(parts[1] + parts[2])
                return Line(index=int(parts[0]), leaf=parts[1], chain=parts[2])
        except ValueError:
            pass
        raise RefusedError(f"line {number + 1} of the ledger cannot be read", "restore .proposer/ledger from a copy")
