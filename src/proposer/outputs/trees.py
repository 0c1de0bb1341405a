"""Two trees of a repository that nobody vouches for, compared by their objects alone; its settings are never read."""

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import UsageError
from proposer.git import Git
from proposer.inputs.workspace import borrow

__all__ = ["Change", "Comparison", "Node", "opened"]

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Node:
    """An entry of a tree object as it is written there; `mode` is not made canonical."""

    mode: bytes
    name: bytes
    oid: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed path: modes and object ids on both sides (zeros where the side has no file), and git's letter."""

    path: bytes
    status: str
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str


class Comparison:
    """What differs between two trees (object ids), read through a repository of our own that borrows the objects."""

    def __init__(self, git: Git, base: str, head: str) -> None:
        self._git = git
        self.base = base
        self.head = head
        self.before = self._listed(base)
        self.after = self._listed(head)

    def changes(self) -> list[Change]:
        """Return the changed paths (git-diff-tree(1), --raw -z); a rename is a removal and an addition."""
        data = self._git("diff-tree", "-r", "--raw", "-z", "--full-index", *_PLAIN, self.base, self.head)
        words = data.split(b"\0")
        found = []
        for meta, path in zip(words[0:-1:2], words[1::2], strict=True):
            old_mode, new_mode, old_oid, new_oid, status = meta.decode("ascii").removeprefix(":").split(" ")
            found.append(
                Change(
                    path=path, status=status[0], old_mode=old_mode, new_mode=new_mode, old_oid=old_oid, new_oid=new_oid
                )
            )
        return found

    def counts(self) -> tuple[int, int, list[bytes]]:
        """Return added and removed lines as `git diff --numstat` counts them: a moved line is one of each.

        The third value names the paths that git does not count, because it takes one side for bytes.
        """
        data = self._git("diff-tree", "-r", "--numstat", "-z", "--diff-algorithm=myers", *_PLAIN, self.base, self.head)
        rows = [row.split(b"\t", 2) for row in data.split(b"\0") if row]
        known = [row for row in rows if row[0] != b"-"]
        uncounted = [row[2] for row in rows if row[0] == b"-"]
        return sum(int(row[0]) for row in known), sum(int(row[1]) for row in known), uncounted

    def new_trees(self) -> Iterator[tuple[bytes, list[Node], list[Node]]]:
        """Yield (path, entries, entries of the base at that path) of each tree object that the base does not have.

        Raises:
            UsageError: an object is missing, is no tree, or does not have the content that its id says.
        """
        known = {oid for mode, oid in self.before.values() if mode == _TREE} | {self.base}
        trees = {b"": self.head} | {path: oid for path, (mode, oid) in self.after.items() if mode == _TREE}
        fresh = {path: oid for path, oid in trees.items() if oid not in known}
        olds = {path: self._old_tree(path) for path in fresh}
        data = self.objects({*fresh.values(), *filter(None, olds.values())}, "tree")
        for path, oid in fresh.items():
            old = olds[path]
            yield path, list(_nodes(data[oid], len(oid) // 2)), list(_nodes(data[old], len(old) // 2)) if old else []

    def sizes(self, oids: Sequence[str]) -> dict[str, int]:
        """Return the bytes of each blob.

        Raises:
            UsageError: one is missing, or no blob.
        """
        rows = self._git("cat-file", "--batch-check", stdin=_lines(oids)).decode("ascii", errors="replace").splitlines()
        found = {}
        for oid, row in zip(oids, rows, strict=True):
            words = row.split(" ")
            if words[:2] != [oid, "blob"]:
                raise UsageError(f"object {oid} is missing, or no file", "run: git fsck")
            found[oid] = int(words[2])
        return found

    def objects(self, oids: set[str], kind: str) -> dict[str, bytes]:
        """Return the bytes of objects of one kind, each checked against its id.

        Raises:
            UsageError: one is missing, of another kind, or its content is not what its id says.
        """
        found = {}
        for oid, (what, data) in _read(self._git, oids).items():
            if what != kind:
                raise UsageError(f"object {oid} is no {kind}", "run: git fsck")
            found[oid] = data
        return found

    def _listed(self, tree: str) -> dict[bytes, tuple[str, str]]:
        """Return (kind, id) of every file and folder by path."""
        rows = self._git("ls-tree", "-r", "-t", "-z", "--full-tree", tree).split(b"\0")
        found = {}
        for row in filter(None, rows):
            head, _, path = row.partition(b"\t")
            _, kind, oid = head.decode("ascii").split(" ")
            found[path] = (kind, oid)
        return found

    def _old_tree(self, path: bytes) -> str | None:
        if not path:
            return self.base
        kind, oid = self.before.get(path, ("", ""))
        return oid if kind == _TREE else None


_TREE = "tree"
_SHA256 = 64
_TAGS = 10
_EMPTY = frozenset(
    {"4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}
)
"""The empty tree, which git knows without an object."""
_PLAIN = ("--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")


def _read(git: Git, oids: set[str]) -> dict[str, tuple[str, bytes]]:
    """Return kind and bytes of objects. Git does not compare a loose object with its id when it reads one."""
    order = sorted(oids)
    data = git("cat-file", "--batch", stdin=_lines(order)) if order else b""
    found, at = {}, 0
    for oid in order:
        end = data.index(b"\n", at)
        words = data[at:end].decode("ascii", errors="replace").split(" ")
        if len(words) != 3 or words[0] != oid:  # noqa: PLR2004 - id, kind and size
            raise UsageError(f"object {oid} is missing", "run: git fsck")
        kind, size = words[1], int(words[2])
        content = data[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
        algorithm = hashlib.sha256 if len(oid) == _SHA256 else hashlib.sha1
        if algorithm(f"{kind} {size}\0".encode() + content).hexdigest() != oid:
            raise UsageError(f"object {oid} does not have the content that its id says", "run: git fsck")
        found[oid] = (kind, content)
    return found


def _peeled(git: Git, given: str, oid: str) -> str:
    """Return the tree of a tag, a commit or a tree, by what the objects themselves say."""
    for _ in range(_TAGS):
        if oid in _EMPTY:
            return oid
        kind, data = _read(git, {oid})[oid]
        if kind == _TREE:
            return oid
        word, _, rest = data.partition(b"\n")[0].decode("ascii", errors="replace").partition(" ")
        if kind not in ("tag", "commit") or word not in ("object", _TREE) or not _OID.fullmatch(rest):
            break
        oid = rest
    raise UsageError(f"{given!r} is no commit or tree of this repository", "run: git log --all --oneline")


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode("ascii")


def _nodes(data: bytes, width: int) -> Iterator[Node]:
    """Yield the entries of a tree object (`mode SP name NUL id`)."""
    at = 0
    while at < len(data):
        space, end = data.index(b" ", at), data.index(b"\0", at)
        oid = data[end + 1 : end + 1 + width]
        yield Node(mode=data[at:space], name=data[space + 1 : end], oid=oid.hex())
        at = end + 1 + width


@contextlib.contextmanager
def opened(repository: Path, base: str, head: str) -> Iterator[Comparison]:
    """Compare two revisions or trees of a repository, with a work tree or without.

    Only names that are no object ids are looked up in the repository itself. All else happens in a temporary
    repository that borrows its objects: no setting, attribute, hook, filter or replacement of it has a say.

    Raises:
        UsageError: there is no repository, or a revision does not name exactly one tree.
    """
    folder = _git_folder(repository.resolve())
    with tempfile.TemporaryDirectory(prefix="proposer-") as name:
        root = Path(name)
        ids = _resolved(folder, root, (base, head))
        sha256 = "sha256" if len(ids[0]) == _SHA256 else "sha1"
        git = _borrowing(root / "store.git", folder, sha256)
        yield Comparison(git, *(_peeled(git, given, oid) for given, oid in zip((base, head), ids, strict=True)))


def _git_folder(start: Path) -> Path:
    """Return the folder with HEAD and objects of the repository that holds a folder, without asking git."""
    for folder in (start, *start.parents):
        link = folder / ".git"
        if link.is_file():
            text = link.read_text(encoding="utf-8", errors="surrogateescape").strip()
            target = folder / text.removeprefix("gitdir:").strip()
            if text.startswith("gitdir:") and (target / "HEAD").exists():
                return target
        for place in (link, folder):
            if (place / "HEAD").exists() and ((place / "objects").is_dir() or (place / "commondir").is_file()):
                return place
    raise UsageError(f"{start.name} is in no git repository", "run: git init")


def _objects(folder: Path) -> Path:
    shared = folder / "commondir"  # a linked work tree, gitrepository-layout(5)
    if shared.is_file():
        folder /= shared.read_text(encoding="utf-8", errors="surrogateescape").strip()
    return folder.resolve() / "objects"


def _resolved(folder: Path, scratch: Path, names: tuple[str, str]) -> list[str]:
    """Return the object ids of revisions; a name is handed over as data, so that it is never an option."""
    if all(_OID.fullmatch(name) for name in names):
        return list(names)
    if any(char in name for name in names for char in "\0\n"):
        raise UsageError("a revision holds a line break", "name a branch, a tag or a commit")
    git = Git(cwd=scratch).also(GIT_DIR=str(folder), GIT_WORK_TREE=str(scratch))
    stdin = "".join(f"{name}\n" for name in names).encode(errors="surrogateescape")
    done = git.call("-c", "core.warnAmbiguousRefs=true", "cat-file", "--batch-check=%(objectname)", stdin=stdin)
    found = done.stdout.decode(errors="replace").splitlines()
    if done.returncode or len(found) != len(names):
        raise UsageError("the revisions of this repository cannot be read", "run: git fsck")
    for name, row in zip(names, found, strict=True):
        if not _OID.fullmatch(row):
            raise UsageError(f"revision {name!r} does not exist here", "run: git log --all --oneline")
    if b"ambiguous" in done.stderr:
        raise UsageError(f"one of {names[0]!r} and {names[1]!r} names more than one thing", "name it by refs/heads/...")
    return found


def _borrowing(store: Path, folder: Path, algorithm: str) -> Git:
    """Make an empty bare repository over the objects of another one (gitrepository-layout(5))."""
    (store / "refs").mkdir(parents=True)
    borrow(store, (_objects(folder),))
    (store / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    (store / "config").write_text(
        f"[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = {algorithm}\n", "ascii"
    )
    return Git(cwd=store).also(GIT_DIR=str(store))
