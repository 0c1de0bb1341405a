"""The private, disposable folder of one run, outside of every repository."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer import claims
from proposer.errors import UsageError
from proposer.git import Git, shown
from proposer.interrupts import shielded

__all__ = ["Workspace", "borrow", "cache_folder", "is_nameable", "lenders", "opened"]

_MOST_LENDERS = 64
_PATTERN = re.compile(r"[*?\[\]\r\n]")
"""Signs that Codex reads as a pattern, or not at all, in a path that a profile names (tried with the pinned binary)."""
_ELSEWHERE = "set XDG_CACHE_HOME or TMPDIR to a writable folder with a plain name"
_ESCAPE = re.compile(rb'\\([abfnrtv"\\]|[0-7]{1,3})')
_ESCAPES = dict(zip(b'abfnrtv"\\', b'\a\b\f\n\r\t\v"\\', strict=True))


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Folders of one run (mode 0700): the stage, a bare repository for its objects, and Codex's homes.

    `lenders` are the object folders of the user's repository, and of those that it borrows from in turn; in the place
    of one that Codex's configuration cannot name stands a copy in this folder.
    """

    root: Path
    repository: Path
    lenders: tuple[Path, ...] = ()

    @property
    def stage(self) -> Path:
        """The disposable clone in which Codex works."""
        return self.root / "stage"

    @property
    def store(self) -> Path:
        """A bare repository that borrows the user's objects and takes all new ones."""
        return self.root / "store.git"

    @property
    def home(self) -> Path:
        """HOME of Codex."""
        return self.root / "home"

    @property
    def codex_home(self) -> Path:
        """CODEX_HOME of Codex."""
        return self.root / "codex"

    def git(self) -> Git:
        """Return git over the store: it sees the user's objects and reads none of the user's settings."""
        return Git(cwd=self.store, environment={"GIT_DIR": str(self.store)})


def cache_folder() -> Path | None:
    """Return the user's cache folder for this library; None where the user has no home."""
    with contextlib.suppress(RuntimeError):
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "proposer"
    return None


def is_nameable(path: Path) -> bool:
    """Tell whether Codex's configuration can name a path: text, and no pattern."""
    return str(path) == shown(str(path)) and not _PATTERN.search(str(path))


def _parent(repository: Path) -> tuple[Path, str]:
    """Return a folder for runs that is not inside the repository, preferring the user's cache, and a prefix.

    Raises:
        UsageError: neither the cache nor the temporary folder can be used.
    """
    cache = cache_folder()
    with contextlib.suppress(OSError):
        if cache is not None and is_nameable(cache.resolve()):
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(cache, os.W_OK) and not cache.resolve().is_relative_to(repository.resolve()):
                return cache, "run-"
    temporary = Path(tempfile.gettempdir())
    if not is_nameable(temporary.resolve()):
        raise UsageError(f"codex cannot work below {shown(str(temporary))!r}", _ELSEWHERE)
    return temporary, "proposer-run-"


@contextlib.contextmanager
def opened(repository: Path) -> Iterator[Workspace]:
    """Make the workspace of a run and remove it afterwards; what killed runs left behind is removed first.

    Args:
        repository: top folder of the user's repository; nothing is written there.

    Raises:
        UsageError: there is no place for it.
    """
    parent, prefix = _parent(repository)
    claims.sweep(parent, prefix)
    claim: claims.Claim | None = None
    try:
        with shielded():
            try:
                claim = claims.claim(parent, prefix)
            except OSError as error:
                raise UsageError(f"no run can be made in {shown(str(parent))}: {error.strerror}", _ELSEWHERE) from error
        yield _furnished(claim.path.resolve(), repository)
    finally:
        if claim is not None:
            with shielded():
                claims.remove(claim.path)
                claim.release()


def _furnished(root: Path, repository: Path) -> Workspace:
    user = Git(cwd=repository)
    folders = tuple(
        place if is_nameable(place) else _copied(place, root / f"lent-{number}")
        for number, place in enumerate(lenders(user))
    )
    workspace = Workspace(root=root, repository=repository, lenders=folders)
    for folder in (workspace.stage, workspace.home, workspace.codex_home):
        folder.mkdir(mode=0o700)
    Git(cwd=root)("init", "-q", "--bare", "--template=", *_format(user), str(workspace.store))
    borrow(workspace.store, workspace.lenders)
    shallow = Path(user.text("rev-parse", "--path-format=absolute", "--git-path", "shallow"))
    if shallow.is_file():
        shutil.copyfile(shallow, workspace.store / "shallow")
    return workspace


def _format(user: Git) -> tuple[str, ...]:
    name = user.object_format()
    return () if name == "sha1" else (f"--object-format={name}",)


def lenders(repository: Git) -> tuple[Path, ...]:
    """Return the folders that a repository reads objects from, its own first, then what it borrows, in turn.

    All are listed because git follows only a few steps (gitrepository-layout(5), objects/info/alternates), and
    because the sandbox must be told each one.
    """
    waiting = [Path(repository.text("rev-parse", "--path-format=absolute", "--git-path", "objects"))]
    found: list[Path] = []
    while waiting and len(found) < _MOST_LENDERS:
        place = waiting.pop(0).resolve()
        if place in found or not place.is_dir():
            continue
        found.append(place)
        with contextlib.suppress(OSError):
            rows = (place / "info" / "alternates").read_bytes().split(b"\n")
            waiting += [place / os.fsdecode(_unquoted(row)) for row in rows if row and not row.startswith(b"#")]
    return tuple(found)


def _copied(objects: Path, target: Path) -> Path:
    """Copy a folder of objects, by links where the file system allows it; git never changes an object file."""

    def link(source: str, place: str) -> None:
        try:
            os.link(source, place)
        except OSError:
            shutil.copyfile(source, place)

    shutil.copytree(objects, target, copy_function=link, ignore=shutil.ignore_patterns("alternates", "tmp_*"))
    return target


def borrow(git_dir: Path, folders: tuple[Path, ...]) -> None:
    """Let a repository read other ones' objects (gitrepository-layout(5), objects/info/alternates)."""
    info = git_dir / "objects" / "info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "alternates").write_bytes(b"".join(_quoted(os.fsencode(folder)) + b"\n" for folder in folders))


def _quoted(path: bytes) -> bytes:
    """Return a path as git reads it in that file: quoted as in C where it would be misread otherwise."""
    if b"\n" not in path and not path.startswith((b'"', b"#")):
        return path
    return b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _unquoted(row: bytes) -> bytes:
    if not (row.startswith(b'"') and row.endswith(b'"')):
        return row

    def plain(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8) & 255 if code.isdigit() else _ESCAPES[code[0]]])

    return _ESCAPE.sub(plain, row[1:-1])
