"""The world outside of a run, looked at before and after it: files, refs, processes, what was left behind."""

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proposer.descendants import MARK

__all__ = ["World"]

_SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - looked at, not written
_PATIENCE = 10.0


@dataclass(frozen=True, kw_only=True)
class World:
    """What is looked at. `folders` are whole trees, `aside` folders below them that a run may write to.

    `runs` is where runs make their disposable folders, none of which may stay.
    """

    folders: tuple[Path, ...]
    aside: tuple[Path, ...]
    runs: Path

    def files(self) -> dict[str, tuple[int, ...]]:
        """Return every file, folder and link of the trees with what changes when it is written to."""
        seen: dict[str, tuple[int, ...]] = {}
        for top in self.folders:
            for place, folders, names in os.walk(top):
                folders[:] = [name for name in folders if Path(place, name) not in self.aside]
                for name in (*folders, *names):
                    path = f"{place}/{name}"
                    with contextlib.suppress(OSError):
                        state = os.lstat(path)
                        # The time of a folder says nothing that its entries do not say.
                        folder = name in folders
                        seen[path] = (state.st_mode, 0, 0) if folder else (
                            state.st_mode, state.st_size, state.st_mtime_ns)  # fmt: skip
        return seen

    def changes(self, before: dict[str, tuple[int, ...]], nonce: str) -> list[str]:
        """Return one sentence for each trace that a run left; what lies in shared folders is removed.

        Args:
            before: what `files` returned.
            nonce: a word of this attack; a file in a shared folder that bears it is its.
        """
        after = self.files()
        traces = []
        for path in sorted({*before, *after}):
            if before.get(path) != after.get(path):
                what = "written" if path not in before else "removed" if path not in after else "changed"
                traces.append(f"{path} was {what}")
        for found in sorted(path for folder in _SHARED for path in Path(folder).glob(f"*{nonce}*")):
            traces.append(f"{found} was written")
            with contextlib.suppress(OSError):
                found.unlink()
        left = sorted(self.runs.glob("run-*")) if self.runs.is_dir() else []
        return [*traces, *(f"{folder.name}, the folder of the run, was left behind" for folder in left)]

    def leftovers(self, words: Sequence[str]) -> list[str]:
        """Return one sentence for each process of the attack that outlived its run, and end it.

        Args:
            words: what only its processes have on their command line or in their environment.
        """
        wanted = [word.encode() for word in words]
        deadline = time.monotonic() + _PATIENCE
        # A namespace that was just ended takes its processes down a moment later.
        while (found := _bearing(wanted)) and time.monotonic() < deadline:
            time.sleep(0.1)
        traces = [f"process {pid} outlived the run: {line[:80]}" for pid, line in found]
        while found and time.monotonic() < deadline + _PATIENCE:
            for pid, _ in found:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
            found = _bearing(wanted)
        return traces


def _bearing(words: Sequence[bytes]) -> list[tuple[int, str]]:
    """Return (process id, command line) of every process of this machine that bears one of the words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes()
            if int(entry.name) != os.getpid() and line:
                bears = any(word in line for word in words)
                if bears or any(word in _environ(entry) for word in words):
                    found.append((int(entry.name), line.replace(b"\0", b" ").decode(errors="replace").strip()))
    return found


def _environ(entry: Path) -> bytes:
    with contextlib.suppress(OSError):
        return (entry / "environ").read_bytes()
    return b""


def marked(run: str) -> str:
    """Return the word that every process of a run has in its environment."""
    return f"{MARK}={run}"
