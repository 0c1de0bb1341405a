"""The change as git's patches, one for each path; taken apart by their numbers, never by what a line looks like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proposer.git import Git
from proposer.inputs.subject import Change

__all__ = ["Added", "added_lines", "binary_paths", "patches_of", "reduced", "sizes_of"]

_CONTEXT = "-U12"
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_HEADER = b"diff --git "


@dataclass(frozen=True, kw_only=True)
class Added:
    """One added line: its number in the new file, and its bytes without the newline."""

    line: int
    text: bytes


def sizes_of(git: Git, oids: Sequence[str]) -> dict[str, int]:
    """Return the size in bytes of each object; one that is missing or no file at all has none."""
    stdin = "".join(f"{oid}\n" for oid in oids).encode()
    rows = git("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", stdin=stdin).decode().split("\n")
    found = (row.split(" ") for row in rows)
    return {row[0]: int(row[2]) for row in found if len(row) == 3 and row[1] == "blob"}  # noqa: PLR2004 - as asked for


def reduced(git: Git, changes: Sequence[Change], index: str) -> tuple[str, str]:
    """Write two trees that hold both sides of these changes and nothing else, and return their ids.

    A comparison of the two reads no file that is not wanted, and needs no path on a command line.

    Args:
        git: git over the workspace's store.
        changes: what to keep.
        index: a file for a temporary index.
    """
    own = git.also(GIT_INDEX_FILE=index)
    trees = []
    for side in ("old", "new"):
        own("read-tree", "--empty")
        entries = [(getattr(c, f"{side}_mode"), getattr(c, f"{side}_oid"), c.raw) for c in changes]
        rows = [f"{mode} {oid}\t".encode() + path + b"\0" for mode, oid, path in entries if mode.strip("0")]
        own("update-index", "-z", "--index-info", stdin=b"".join(rows))
        trees.append(own.text("write-tree", "--missing-ok"))
    return trees[0], trees[1]


def binary_paths(git: Git, old: str, new: str) -> set[bytes]:
    """Return the changed paths that git takes for binary (git-diff(1), --numstat prints `-` for them)."""
    data = git("diff-tree", "-r", "--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", old, new)
    rows = [row.split(b"\t", 2) for row in data.split(b"\0") if row]
    return {row[2] for row in rows if row[0] == b"-"}


def patches_of(git: Git, old: str, new: str, changes: Sequence[Change]) -> dict[str, bytes]:
    """Return the patch of each changed path between two trees, which differ in exactly these changes.

    Patches come in the order of the changes; a type change is written as two.
    """
    data = git("diff-tree", "-r", "-p", "--text", "--no-renames", "--no-ext-diff", "--no-textconv", "--full-index",
               "--no-color", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", _CONTEXT,
               old, new)  # fmt: skip
    pieces = _pieces(data)
    return {
        change.path: b"".join(next(pieces, b"") for _ in range(2 if change.status == "T" else 1)) for change in changes
    }


def _pieces(data: bytes) -> Iterator[bytes]:
    """Split git's output before each header of a patch; the lines of a hunk are counted and not looked at."""
    start = at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        hunk = _HUNK.match(data, at, end)
        if hunk:
            at = _behind(data, end, int(hunk[1] or 1), int(hunk[3] or 1))
            continue
        if data.startswith(_HEADER, at) and at > start:
            yield data[start:at]
            start = at
        at = end
    if data:
        yield data[start:]


def _behind(data: bytes, at: int, old: int, new: int) -> int:
    """Return the place behind a hunk that has so many lines of the old and of the new file."""
    while at < len(data) and (old > 0 or new > 0 or data[at : at + 1] == b"\\"):
        kind = data[at : at + 1]
        old -= kind in (b" ", b"-")
        new -= kind in (b" ", b"+")
        at = data.find(b"\n", at) + 1 or len(data)
    return at


def added_lines(patch: bytes) -> Iterator[Added]:
    """Yield the lines that a patch adds, with their numbers; lines end at a line feed and nowhere else."""
    at = 0
    while at < len(patch):
        end = patch.find(b"\n", at) + 1 or len(patch)
        hunk = _HUNK.match(patch, at, end)
        at = end
        if hunk:
            until = _behind(patch, end, int(hunk[1] or 1), int(hunk[3] or 1))
            line = int(hunk[2])
            for row in patch[end:until].split(b"\n"):
                if row.startswith(b"+"):
                    yield Added(line=line, text=row[1:])
                line += row.startswith((b"+", b" "))
            at = until
