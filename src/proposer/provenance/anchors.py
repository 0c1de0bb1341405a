"""What vouches for a ledger from outside of it: heads, plain and signed, in the working tree and in commits.

Every version that a commit before HEAD held counts: an older head that is committed anew takes nothing back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import RefusedError
from proposer.git import Git
from proposer.provenance import heads
from proposer.provenance.heads import Anchor
from proposer.provenance.ledger import Ledger

__all__ = ["FOLDER", "Vouched", "signed_path", "vouched"]

FOLDER = "provenance"
_SIGNED = re.compile(r"provenance/ledger-[0-9a-f]{16}\.head\.dsse\.json")
_HEAD, _HERE = "of HEAD", "in the working tree"
_LARGEST = 1024 * 1024
_HINT = "restore .proposer/ledger from a copy"


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """What was found: ledgers that have a head, and who signed heads of this one.

    Attributes:
        ours: whether a head is of this ledger (1) or none (0).
        others: how many other ledgers have one.
        signed: the largest size of this ledger that each public key signed.
        problems: one sentence for each head that does not fit, or cannot be read.
    """

    ours: int
    others: int
    signed: dict[str, int]
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Version:
    path: str
    where: str
    data: bytes
    past: bool = False
    """Whether a later one took its place."""


def signed_path(origin: str) -> str:
    """Return where the signed head of a ledger is kept, relative to the repository."""
    return f"{FOLDER}/ledger-{origin[:16]}.head.dsse.json"


def vouched(root: Path, ledger: Ledger) -> Vouched:
    """Hold a ledger against every head that the working tree, HEAD and its history have.

    Args:
        root: top of the repository.
        ledger: of the repository; must verify.

    Raises:
        RefusedError: the ledger cannot be read.
        UsageError: this clone lacks a version of a head.
    """
    first = next(ledger.lines(), None)
    told, signed, problems = dict[Anchor, str](), dict[str, int](), list[str]()
    today = dict[str, list[Anchor]]()
    for version in _versions(root):
        try:
            found, keys = _read(version)
        except RefusedError as error:
            if not version.past:  # what was mended since vouches for nothing
                problems.append(f"{version.path} {version.where}: {error.message}")
            continue
        if version.path == heads.PATH and not version.past:
            today[version.where] = found
        for anchor in found:
            told.setdefault(anchor, f"{version.path} {version.where}")
            if first and anchor.origin == first.chain:
                signed |= {key: max(anchor.head.size, signed.get(key, 0)) for key in keys}
    ours = {anchor: where for anchor, where in told.items() if first and anchor.origin == first.chain}
    lost = heads.unfit(ours, ledger)
    problems += [f"the ledger lost what {ours[anchor]} says it had" for anchor in ours if anchor in lost][:1]
    if _shrunk(today.get(_HEAD, []), today.get(_HERE)):
        problems.append(f"{heads.PATH} {_HERE} lacks a head that it has in HEAD")
    others = {anchor.origin for anchor in told} - {anchor.origin for anchor in ours}
    return Vouched(ours=int(bool(ours)), others=len(others), signed=signed, problems=tuple(problems))


def _shrunk(committed: list[Anchor], here: list[Anchor] | None) -> bool:
    """Tell whether a line of HEAD is older here, or missing; the file as a whole may be (a sparse checkout)."""
    if here is None:
        return False
    sizes = {anchor.origin: anchor.head.size for anchor in here}
    return any(
        sizes.get(anchor.origin, 0) < anchor.head.size
        or (sizes[anchor.origin] == anchor.head.size and anchor not in here)
        for anchor in committed
    )


def _read(version: _Version) -> tuple[list[Anchor], tuple[str, ...]]:
    """Return the heads of a file, and the public keys that signed them."""
    if len(version.data) > _LARGEST:
        raise RefusedError("it is too large", _HINT)
    if version.path == heads.PATH:
        return [*heads.read(version.data.decode(errors="replace")).values()], ()
    from proposer.provenance import signed_head  # noqa: PLC0415 - cryptography takes its time to load

    head, keys = signed_head.read(version.data)
    if signed_path(head.origin) != version.path:
        raise RefusedError("it is the head of another ledger", _HINT)
    return [Anchor(origin=head.origin, head=head.head)], keys


def _versions(root: Path) -> Iterator[_Version]:
    """Yield every version: HEAD's, which nobody changes unseen, what lies here, and what commits before HEAD held."""
    repository = Git(cwd=root)
    if not repository.call("rev-parse", "--verify", "--quiet", "HEAD").returncode:
        current = [*_listed(repository)]
        history = {(path, oid): commit for path, oid, commit in reversed([*_history(repository)])}
        data = repository.blobs(sorted({oid for _, oid in (*current, *history)}))
        yield from (_Version(path=path, where=_HEAD, data=data[oid]) for path, oid in current)
        for (path, oid), commit in reversed(history.items()):
            if (path, oid) not in current:
                yield _Version(path=path, where=f"of commit {commit[:12]}", data=data[oid], past=True)
    for path in _here(root):
        yield _Version(path=path, where=_HERE, data=(root / path).read_bytes())


def _here(root: Path) -> list[str]:
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = (f"{FOLDER}/{path.name}" for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return sorted(path for path in found if _is_head(path))


def _is_head(path: str) -> bool:
    return path == heads.PATH or bool(_SIGNED.fullmatch(path))


def _listed(repository: Git) -> Iterator[tuple[str, str]]:
    for row in repository("ls-tree", "-z", "HEAD", f"{FOLDER}/").decode(errors="replace").split("\0"):
        about, _, path = row.partition("\t")
        if _is_head(path) and about.startswith("100"):
            yield path, about.split(" ")[2]


def _history(repository: Git) -> Iterator[tuple[str, str, str]]:
    """Yield (path, blob, commit) of each version that a commit up to HEAD put there, newest first."""
    asked = ("--raw", "-z", "-m", "--full-history", "--no-renames", "--no-abbrev", "--format=%H", "HEAD", "--")
    commit, about = "", ""
    for word in repository("log", *asked, f"{FOLDER}/").decode(errors="replace").split("\0"):
        text = word.strip("\n")
        if about:
            mode, oid = about.split(" ")[1], about.split(" ")[3]
            if _is_head(text) and mode.startswith("100"):
                yield text, oid, commit
            about = ""
        elif text.startswith(":"):
            about = text
        elif text:
            commit = text
