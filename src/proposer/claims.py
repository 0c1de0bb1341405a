"""Folders that belong to one living process: what a killed one left behind is found and removed by the next."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from proposer.interrupts import shielded

__all__ = ["Claim", "claim", "remove", "sweep"]

_NEWBORN = "new-"
_NEWBORN_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A folder under this process's lock (flock(2)), which ends with the process whatever happens to it."""

    path: Path
    descriptor: int

    def release(self) -> None:
        """Give the folder up, wherever it is by now."""
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


def claim(parent: Path, prefix: str, name: str = "") -> Claim:
    """Make a folder (mode 0700) named `prefix` + `name`, or + something random, that belongs to this process.

    It is locked before it has that name, so that a sweep of another process cannot take it for an abandoned one.

    Raises:
        OSError: it cannot be made.
    """
    with shielded():
        newborn = Path(tempfile.mkdtemp(prefix=_NEWBORN, dir=parent))
        path = parent / f"{prefix}{name or newborn.name.removeprefix(_NEWBORN)}"
        descriptor = os.open(newborn, os.O_RDONLY | os.O_DIRECTORY)
        with contextlib.suppress(OSError):  # a file system without locks: nothing is swept there
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        newborn.rename(path)
    return Claim(path=path, descriptor=descriptor)


def sweep(parent: Path, prefix: str) -> list[Path]:
    """Remove the folders with this prefix whose process is gone, and return them; those of others stay."""
    swept = []
    for path in [*parent.glob(f"{prefix}*"), *filter(_abandoned, parent.glob(f"{_NEWBORN}*"))]:
        with contextlib.suppress(OSError):
            if path.is_symlink() or not path.is_dir() or path.stat().st_uid != os.geteuid():
                continue
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(path)
                swept.append(path)
            finally:
                os.close(descriptor)
    return swept


def remove(folder: Path) -> None:
    """Remove a folder, also one in which a model made places that their owner cannot enter."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.is_dir():
        folder.chmod(0o700)
        for place, names, _ in os.walk(folder):
            for path in (Path(place) / name for name in names):
                if not path.is_symlink():  # a link may lead out of here
                    with contextlib.suppress(OSError):
                        path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    """Tell whether a folder was never given its name; its process may have been killed in between."""
    with contextlib.suppress(OSError):
        return time.time() - folder.stat().st_mtime > _NEWBORN_SECONDS
    return False
