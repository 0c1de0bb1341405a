"""The process tree below one child, so that nothing outlives a run. Linux only; elsewhere it sees nothing."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["MARK", "Watch", "end_within"]

MARK = "PROPOSER_RUN_MARK"
"""Name of the environment variable that marks every process of a run; its value is unique to the run."""

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
_GRACE = 0.25
"""Seconds in which descendants may end by themselves once the child is gone; most are on their way out."""
_PROC = Path("/proc")


class _Entry(NamedTuple):
    """A process: its parent, its start in clock ticks since boot, and who leads its session."""

    parent: int
    start: int
    session: int


_NONE = _Entry(0, -1, 0)


def _table() -> dict[int, _Entry]:
    """Return all processes but the dead by their ids (proc(5), stat)."""
    table: dict[int, _Entry] = {}
    if not sys.platform.startswith("linux"):
        return table
    for entry in _PROC.glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            table[int(entry.name)] = _Entry(int(fields[1]), int(fields[19]), int(fields[3]))
    return table


def _marked(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def end_within(folder: Path, patience: float = 2.0) -> list[int]:
    """Kill every process that works in a folder or names it in its command line, and return their process ids.

    Args:
        folder: nobody else's: its name must not be found by chance.
        patience: seconds to wait for their end.
    """
    ended, deadline = set[int](), time.monotonic() + patience
    while left := [pid for pid in _table() if pid != os.getpid() and _is_within(pid, os.fsencode(folder))]:
        for pid in left:
            ended.add(pid)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _reap(left)
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return sorted(ended)


def _is_within(pid: int, folder: bytes) -> bool:
    with contextlib.suppress(OSError):
        if folder in (_PROC / str(pid) / "cmdline").read_bytes():
            return True
    with contextlib.suppress(OSError):
        return os.fsencode((_PROC / str(pid) / "cwd").readlink()).startswith(folder)
    return False


class Watch:
    """Follows every descendant of a child, also those that left its group, its session or their parent.

    A process counts when it was seen below the child, is in the session of one of them, or carries the run's mark in
    its environment: one that was forked while its parent was killed was never seen, and has no mark if its program
    cleared the environment. While the watch is on, this process adopts orphans (prctl(2), PR_SET_CHILD_SUBREAPER), so
    a double fork does not hide one.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._seen: dict[int, int] = {}
        self._root: int | None = None
        self._before = _subreaper()
        _set_subreaper(1)

    def follow(self, pid: int) -> None:
        """Start to follow the child with this process id."""
        self._root = pid
        self.look()

    def look(self) -> None:
        """Take note of the descendants that exist now; call it often."""
        table = _table()
        roots = {self._root} | {pid for pid, start in self._seen.items() if table.get(pid, _NONE).start == start}
        leaders = {self._root, *self._seen}
        grew = True
        while grew:
            below = {
                pid
                for pid, entry in table.items()
                if pid not in roots and (entry.parent in roots or entry.session in leaders)
            }
            roots |= below
            leaders |= below
            grew = bool(below)
        for pid in roots - {self._root, None}:
            if pid is not None and pid in table:
                self._seen[pid] = table[pid].start

    def alive(self) -> list[int]:
        """Return the process ids of the descendants that still run, the child itself left out."""
        self.look()
        table = _table()
        known = {pid for pid, start in self._seen.items() if table.get(pid, _NONE).start == start}
        own = os.getpid()
        marked = {pid for pid in table if pid not in (own, self._root) and _marked(pid, self._mark)}
        for pid in marked:
            self._seen[pid] = table[pid].start
        return sorted(known | marked)

    def end(self, patience: float = 2.0) -> list[int]:
        """Kill every descendant that is left and return their process ids; waits at most `patience` seconds."""
        ended: set[int] = set()
        grace = time.monotonic() + _GRACE
        while self.alive() and time.monotonic() < grace:
            _reap(self._seen)
            time.sleep(0.02)
        deadline = time.monotonic() + patience
        while left := self.alive():
            for pid in left:
                ended.add(pid)
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
            _reap(left)
        _reap(self._seen)
        _set_subreaper(self._before)
        return sorted(ended)


def _reap(pids: Iterable[int]) -> None:
    """Take the exit status of adopted orphans, so that they do not stay as zombies."""
    for pid in pids:
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)


def _subreaper() -> int:
    """Return whether this process adopts orphans already (prctl(2))."""
    value = ctypes.c_int(0)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(value), 0, 0, 0)
    return value.value


def _set_subreaper(value: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
