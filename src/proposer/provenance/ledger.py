"""The append-only ledger: one line per statement, each chained to the one before it.

A line is `<index> <leaf> <chain>`: leaf = sha256 of the statement's bytes, chain = sha256 of the former chain's bytes
followed by the leaf's (32 zero bytes before the first). A changed, moved or doubled line breaks the chain. There is one
way to write a line; bytes that would mean the same are refused. That the tail was cut off, or that all of it was
written anew, cannot be seen from the file alone: a head that was committed shows it. A head is the size and the root of
the Merkle tree of RFC 6962 whose entries are the leaves' 32 bytes.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance import merkle
from proposer.provenance.merkle import Proof

__all__ = ["Head", "Ledger", "Line", "Proof"]

_START = bytes(32)
_LINE = re.compile(rb"(0|[1-9][0-9]{0,17}) ([0-9a-f]{64}) ([0-9a-f]{64})\n")
_LONGEST = 18 + 1 + 64 + 1 + 64 + 1
_HINT = "restore .proposer/ledger from a copy"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the ledger; digests in hexadecimal."""

    index: int
    leaf: str
    chain: str

    @property
    def text(self) -> bytes:
        """The line as it stands in the file."""
        return f"{self.index} {self.leaf} {self.chain}\n".encode()


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a ledger came to: how many statements, and the root over them in hexadecimal."""

    size: int
    root: str


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
            RefusedError: the last line is damaged, or the ledger is not a regular file.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        try:
            descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise RefusedError(f"the ledger cannot be written: {error.strerror}", _HINT) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            last = self._last(descriptor)
            index = last.index + 1 if last else 0
            leaf = digests.of_bytes(statement)
            chain = _chained(bytes.fromhex(last.chain) if last else _START, leaf)
            os.write(descriptor, Line(index=index, leaf=leaf, chain=chain).text)
            os.fsync(descriptor)
            return index
        finally:
            os.close(descriptor)

    def tail(self) -> Line | None:
        """Return the last line, or None where there is none.

        Raises:
            RefusedError: it cannot be read, or the ledger is not a regular file.
        """
        self._regular()
        if not self.path.exists():
            return None
        size = self.path.stat().st_size
        with self.path.open("rb") as stream:
            stream.seek(max(size - 2 * _LONGEST, 0))
            rows = [row for row in stream.read().splitlines(keepends=True) if row.endswith(b"\n")]
        return self._parse(rows[-1], "the last line") if rows else None

    def _regular(self) -> None:
        if self.path.is_symlink() or (self.path.exists() and not self.path.is_file()):
            raise RefusedError("the ledger is not a regular file", _HINT)

    def _last(self, descriptor: int) -> Line | None:
        """Return the last whole line and cut off what a crash left behind it."""
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, 2 * _LONGEST, max(size - 2 * _LONGEST, 0))
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            if not whole and size > len(tail):
                raise RefusedError("the end of the ledger cannot be read", _HINT)
            os.ftruncate(descriptor, size - len(tail) + whole)
        rows = tail[:whole].splitlines(keepends=True)
        return self._parse(rows[-1], "the last line") if rows else None

    def lines(self) -> Iterator[Line]:
        """Yield the lines in order; none where there is no ledger.

        Raises:
            RefusedError: a line cannot be read, or the ledger is not a regular file.
        """
        self._regular()
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for number, row in enumerate(stream):
                if row.endswith(b"\n"):
                    yield self._parse(row, f"line {number + 1}")

    def verify(self) -> None:
        """Check every line.

        Raises:
            RefusedError: a line was changed, moved, doubled or removed; the message names it.
        """
        before = _START
        for number, line in enumerate(self.lines()):
            if line.index != number or line.chain != _chained(before, line.leaf):
                raise RefusedError(f"the ledger is broken at line {number + 1}", _HINT)
            before = bytes.fromhex(line.chain)

    def head(self) -> Head:
        """Return size and root of what stands in the ledger now.

        Raises:
            RefusedError: a line cannot be read.
        """
        frontier = merkle.Frontier()
        for line in self.lines():
            frontier.add(merkle.leaf_of(bytes.fromhex(line.leaf)))
        return Head(size=frontier.size, root=frontier.root().hex())

    def prove(self, index: int) -> Proof:
        """Return the proof that the statement of an index stands in the ledger; its entry is the statement's SHA-256.

        Raises:
            RefusedError: a line cannot be read, or there is none of that index.
        """
        leaves = self._leaves()
        if not 0 <= index < len(leaves):
            raise RefusedError(f"the ledger has no statement {index}", f"it has {len(leaves)}, counted from 0")
        return merkle.inclusion(leaves, index)

    def grew_from(self, head: Head) -> bool:
        """Tell whether an older head fits: its statements are still there, unchanged and in their order.

        Raises:
            RefusedError: a line cannot be read.
        """
        return merkle.extends(self._leaves(), head.size, bytes.fromhex(head.root))

    def _leaves(self) -> list[bytes]:
        return [merkle.leaf_of(bytes.fromhex(line.leaf)) for line in self.lines()]

    def holds(self, statement: bytes) -> bool:
        """Tell whether a statement with exactly these bytes was appended."""
        leaf = digests.of_bytes(statement)
        return any(line.leaf == leaf for line in self.lines())

    @staticmethod
    def _parse(row: bytes, where: str) -> Line:
        match = _LINE.fullmatch(row)
        if not match:
            raise RefusedError(f"{where} of the ledger cannot be read", _HINT)
        return Line(index=int(match[1]), leaf=match[2].decode(), chain=match[3].decode())
