"""A working tree, read and changed so that no link leads out of it: all of a change is in place, or nothing of it."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import RefusedError
from proposer.interrupts import shielded

__all__ = ["File", "Worktree"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PREFIX = ".proposer-"
_HINT = "look at the path, move away what is in the way, then run the task again"


@dataclass(frozen=True, kw_only=True)
class File:
    """Content of a regular file, and whether its owner may execute it."""

    data: bytes
    executable: bool = False


class Worktree:
    """The files below one folder, named by paths relative to it, as git names them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> File | None:
        """Return a file; None where there is nothing of that name.

        Raises:
            RefusedError: the path leads out of the tree, passes a link or another repository, or names no regular file.
        """
        with contextlib.ExitStack() as stack:
            folder = self._folder(path, stack, on_made=None)
            return None if folder is None else _read(folder, path)

    def put(self, changes: Mapping[str, tuple[File | None, File | None]]) -> None:
        """Change files from what they must hold now to what they shall hold; None means that there is no file.

        Whatever goes wrong, the files are afterwards what they were before. Folders that a removal leaves empty are
        removed too, as git does it.

        Raises:
            RefusedError: a file is not what it must be, or a path cannot be used (see `read`).
            OSError: the disk is full, or a folder cannot be written.
        """
        with shielded(), contextlib.ExitStack() as folders, contextlib.ExitStack() as undo:
            prepared = [self._prepared(path, *pair, folders, undo) for path, pair in changes.items()]
            # All bytes are on the disk by now; what is left to do, and to undo, is renaming.
            kept = [_placed(*row, undo) for row in prepared if row is not None]
            undo.pop_all()
            for folder, old in filter(None, kept):
                with contextlib.suppress(OSError):  # the change is made; a left-over is no reason to take it back
                    _drop(folder, old)
            for path, (_, after) in changes.items():
                if after is None:
                    self._prune(path)

    def _prepared(
        self,
        path: str,
        before: File | None,
        after: File | None,
        folders: contextlib.ExitStack,
        undo: contextlib.ExitStack,
    ) -> tuple[int, str, str, bool] | None:
        """Write what a file shall hold beside it; return folder, name, name of what was written, whether it is there.

        None where there is nothing to do.
        """
        folder = self._folder(path, folders, on_made=undo.callback if after else None)
        if (None if folder is None else _read(folder, path)) != before:
            raise RefusedError(f"{path} changed in the meantime", "run the task again")
        if folder is None or before == after:
            return None
        fresh = _written(folder, path, after, undo) if after else ""
        return folder, path.rpartition("/")[2], fresh, before is not None

    def _folder(self, path: str, stack: contextlib.ExitStack, *, on_made: Callable[..., object] | None) -> int | None:
        """Return the open folder of a path; one that is missing is made where `on_made` takes how to undo that."""
        parts = path.split("/")
        if any(part in ("", ".", "..") or part.casefold() == ".git" or "\0" in part for part in parts):
            raise RefusedError(f"{path!r} leads out of the working tree", "this is no path of a repository")
        here = _opened(str(self.root), None, stack)
        for depth, part in enumerate(parts[:-1], 1):
            where = "/".join(parts[:depth])
            try:
                try:
                    there = _opened(part, here, stack)
                except FileNotFoundError:
                    if on_made is None:
                        return None
                    os.mkdir(part, dir_fd=here)
                    on_made(_drop_folder, here, part)
                    there = _opened(part, here, stack)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise RefusedError(
                        f"{where} is a link or a file, not a folder of this working tree", _HINT
                    ) from error
                raise
            if _exists(".git", there):
                raise RefusedError(f"{where} is a repository of its own", _HINT)
            here = there
        return here

    def _prune(self, path: str) -> None:
        """Remove the folders of a path that are empty."""
        with contextlib.suppress(OSError, RefusedError):
            while "/" in path:
                path = path.rpartition("/")[0]
                with contextlib.ExitStack() as stack:
                    folder = self._folder(path, stack, on_made=None)
                    if folder is not None:
                        os.rmdir(path.rpartition("/")[2], dir_fd=folder)


def _opened(name: str, parent: int | None, stack: contextlib.ExitStack) -> int:
    folder = os.open(name, _FOLDER, dir_fd=parent)
    stack.callback(os.close, folder)
    return folder


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read(folder: int, path: str) -> File | None:
    name = path.rpartition("/")[2]
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise RefusedError(f"{path} is not a regular file", _HINT) from error
        raise RefusedError(f"{path} cannot be read: {error.strerror}", _HINT) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise RefusedError(f"{path} is not a regular file", _HINT)
    with os.fdopen(descriptor, "rb") as stream:
        return File(data=stream.read(), executable=bool(mode & stat.S_IXUSR))


def _written(folder: int, path: str, file: File, undo: contextlib.ExitStack) -> str:
    """Write a file beside its place and return its name; its rights are those of the file that it will replace."""
    fresh = f"{_PREFIX}{secrets.token_hex(8)}"
    descriptor = os.open(fresh, _NEW, 0o777 if file.executable else 0o666, dir_fd=folder)
    undo.callback(_drop, folder, fresh)
    with os.fdopen(descriptor, "wb") as stream:
        with contextlib.suppress(FileNotFoundError):
            rights = stat.S_IMODE(os.stat(path.rpartition("/")[2], dir_fd=folder, follow_symlinks=False).st_mode)
            readers = (rights & 0o444) >> 2
            os.fchmod(descriptor, rights | readers if file.executable else rights & ~0o111)
        stream.write(file.data)
        stream.flush()
        os.fsync(descriptor)
    return fresh


def _placed(folder: int, name: str, fresh: str, known: bool, undo: contextlib.ExitStack) -> tuple[int, str] | None:
    """Rename what was written into its place, and return what stood there under its new name."""
    old = f"{_PREFIX}{secrets.token_hex(8)}"
    if known:
        os.rename(name, old, src_dir_fd=folder, dst_dir_fd=folder)
        undo.callback(os.rename, old, name, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        undo.callback(_drop, folder, name)
    if fresh:
        os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    return (folder, old) if known else None


def _drop(folder: int, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _drop_folder(folder: int, name: str) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(name, dir_fd=folder)
