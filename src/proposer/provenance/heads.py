"""Heads of ledgers that were committed: one line per ledger, so that every clone can anchor its own.

A line is `<origin> <size> <root>`: origin = the chain of the ledger's first line, then what `Ledger.head` says. A
ledger has grown from a head when its first `size` leaves have that root.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from proposer.errors import RefusedError
from proposer.provenance import merkle
from proposer.provenance.ledger import Head, Ledger

__all__ = ["PATH", "Anchor", "anchored", "broken", "of", "read", "unfit"]

PATH = "provenance/ledger.head"
_LINE = re.compile(r"([0-9a-f]{64}) ([1-9][0-9]{0,17}) ([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A committed head, and the ledger that it is of."""

    origin: str
    head: Head

    @property
    def line(self) -> str:
        """Return its line, without the end."""
        return f"{self.origin} {self.head.size} {self.head.root}"


def read(text: str) -> dict[str, Anchor]:
    """Return the anchors of a file by their ledger's origin; there is one way to write each line, its end included.

    Raises:
        RefusedError: a line has another form, or a ledger stands there twice.
    """
    found = dict[str, Anchor]()
    *lines, rest = text.split("\n")
    for number, line in enumerate([*lines, rest] if rest else lines, 1):
        match = _LINE.fullmatch(line)
        if not match or match[1] in found or number > len(lines):
            raise RefusedError(f"line {number} of {PATH} is no head of a ledger", "keep one line per ledger")
        found[match[1]] = Anchor(origin=match[1], head=Head(size=int(match[2]), root=match[3]))
    return found


def of(ledger: Ledger) -> Anchor | None:
    """Return the anchor of a ledger as it is now; None while it is empty.

    Raises:
        RefusedError: the ledger cannot be read.
    """
    first = next(ledger.lines(), None)
    return Anchor(origin=first.chain, head=ledger.head()) if first else None


def anchored(text: str, ledger: Ledger) -> str:
    """Return the text of the file with this ledger's line renewed, and everybody else's kept.

    Raises:
        RefusedError: the file or the ledger cannot be read, or the ledger did not grow from the head in the file.
    """
    anchors, anchor = read(text), of(ledger)
    if anchor is None:
        return text
    if broken(anchors.values(), ledger):
        raise RefusedError(f"the ledger lost what {PATH} says it had", "restore .proposer/ledger from a copy")
    anchors[anchor.origin] = anchor
    return "".join(f"{entry.line}\n" for _, entry in sorted(anchors.items()))


def broken(anchors: Iterable[Anchor], ledger: Ledger) -> bool:
    """Tell whether a head of this ledger does not fit it any more: a tail was cut off, or written anew.

    Raises:
        RefusedError: the ledger cannot be read.
    """
    first = next(ledger.lines(), None)
    return first is not None and bool(unfit((anchor for anchor in anchors if anchor.origin == first.chain), ledger))


def unfit(anchors: Iterable[Anchor], ledger: Ledger) -> frozenset[Anchor]:
    """Return the heads that a ledger did not grow from; the ledger is read once, however many there are.

    Raises:
        RefusedError: the ledger cannot be read.
    """
    left = set(anchors)
    sizes = {anchor.head.size for anchor in left}
    frontier = merkle.Frontier()
    for line in ledger.lines() if left else ():
        frontier.add(merkle.leaf_of(bytes.fromhex(line.leaf)))
        if frontier.size in sizes:
            fits = Head(size=frontier.size, root=frontier.root().hex())
            left = {anchor for anchor in left if anchor.head != fits}
    return frozenset(left)
