"""Files of both sides of a change, as a reader of the prompt knows them."""

import functools

from proposer.git import Entry, Git, shown
from proposer.inputs.subject import regular

__all__ = ["Sides"]


class Sides:
    """The two trees of a change.

    Args:
        git: git over the workspace's store.
        old: the tree that the change starts from.
        new: the tree that it ends in.
    """

    def __init__(self, git: Git, *, old: str, new: str) -> None:
        self._git = git
        self._trees = {"old": old, "new": new}

    @functools.cache  # noqa: B019 - it lives as long as the answer of one run is looked at
    def _entries(self, side: str) -> dict[str, Entry]:
        """Return the entries of a side by the name that was shown, which is the path wherever that is text."""
        return {shown(path): entry for path, entry in self._git.tree(self._trees[side]).items()}

    @functools.lru_cache(maxsize=32)  # noqa: B019 - as above
    def text(self, side: str, path: str) -> str | None:
        """Return the text of a regular file on a side (`old`, `new`), or None; decoded as the diff shows it."""
        entry = regular(self._entries(side), path) if side in self._trees else None
        if entry is None:
            return None
        return self._git.blobs([entry.oid])[entry.oid].decode("utf-8", errors="backslashreplace")
