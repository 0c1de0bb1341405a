"""The Merkle tree of RFC 6962 (section 2.1): roots and inclusion proofs over a list of entries."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["EMPTY", "Frontier", "Proof", "extends", "inclusion", "leaf_of", "root_of"]

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without entries."""


def leaf_of(entry: bytes) -> bytes:
    """Return the 32-byte hash of an entry as a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: what is needed to add a leaf and to tell the root, in memory of O(log n)."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        size = self.size
        while size & 1:
            leaf = _node(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = _node(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaves' hashes, in their order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That an entry stands in a tree.

    Attributes:
        index: its place, from 0.
        size: how many entries the tree has.
        leaf: the leaf's hash, 32 bytes.
        path: hashes of the subtrees beside the way from the leaf to the root (RFC 6962, section 2.1.1).
        root: the tree's root, 32 bytes.
    """

    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes

    def verify(self, entry: bytes, root: bytes | None = None) -> bool:
        """Tell whether an entry stands where the proof says (RFC 9162, section 2.1.3.2).

        Args:
            entry: the entry itself.
            root: a root from a source that is trusted, such as a signed head; the proof's own without.
        """
        if leaf_of(entry) != self.leaf or not 0 <= self.index < self.size:
            return False
        at, last, found = self.index, self.size - 1, self.leaf
        for beside in self.path:
            if last == 0:
                return False
            if at & 1 or at == last:
                found = _node(beside, found)
                while at and not at & 1:
                    at, last = at >> 1, last >> 1
            else:
                found = _node(found, beside)
            at, last = at >> 1, last >> 1
        return last == 0 and found == (self.root if root is None else root)


def inclusion(leaves: Sequence[bytes], index: int) -> Proof:
    """Return the proof that the leaf at a place stands in the tree over all leaves.

    Raises:
        IndexError: there is no leaf at that place.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path, begin, end = list[bytes](), 0, len(leaves)
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[begin:middle]))
            begin = middle
    return Proof(index=index, size=len(leaves), leaf=leaves[index], path=tuple(reversed(path)), root=root_of(leaves))


def _split(size: int) -> int:
    """Return the largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1


def extends(leaves: Sequence[bytes], size: int, root: bytes) -> bool:
    """Tell whether a tree is what an older one grew into: an older head fits its first leaves.

    This is the consistency of RFC 6962 for a reader who has all leaves, and so needs no proof of it.

    Args:
        leaves: the hashes of all leaves of the newer tree.
        size: how many the older one had.
        root: the older one's root.
    """
    return 0 <= size <= len(leaves) and root_of(leaves[:size]) == root
