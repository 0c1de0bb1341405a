"""The only module that starts processes: argv lists, a given standard input, a chosen environment, deadlines."""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from proposer.ceilings import Ceilings
from proposer.descendants import MARK, Watch
from proposer.errors import UsageError
from proposer.interrupts import shielded
from proposer.pipe import Pipe

__all__ = ["Ceilings", "Daemon", "Ended", "Finished", "daemon", "run", "supervise"]

_LADDER = ((signal.SIGINT, 2.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0))
"""Signals and the seconds that a child has to obey each."""
_TICK = 0.1


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A process that ended by itself: its exit status (negative: signal) and what it printed."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a supervised process came to its end.

    `stopped` is empty where it ended by itself, else the limit that was reached. `strays` counts descendants that had
    to be killed after it.
    """

    returncode: int
    stopped: str
    seconds: float
    strays: int


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bytes = b"",
    timeout: float = 120.0,
) -> Finished:
    """Run a short command to its end and return what it printed; the exit status is the caller's to judge.

    Raises:
        UsageError: the program cannot be started or did not end within `timeout` seconds.
    """
    name = Path(argv[0]).name
    try:
        done = subprocess.run(
            list(argv), env=dict(env), cwd=cwd, input=stdin, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{name} did not end within {timeout:.0f} s", "look at what it waits for") from error
    except OSError as error:
        if cwd is not None and not cwd.is_dir():
            raise UsageError(f"{cwd} is not a folder", "name an existing folder") from error
        if isinstance(error, FileNotFoundError):
            raise UsageError(f"{argv[0]} was not found", f"install it or put it on PATH: {name}") from error
        raise UsageError(f"{argv[0]} cannot be started: {error.strerror}", "install it again") from error
    return Finished(argv=tuple(argv), returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)


@functools.cache
def _leash() -> tuple[str, ...]:
    """Return the command that ties a child to this process, so that it dies with it even on SIGKILL (setpriv(1)).

    A function between fork and exec would do the same, but may deadlock where threads run. Empty where util-linux is
    missing or too old: then a child outlives a killed parent until it notices by itself.
    """
    program = shutil.which("setpriv", path=os.defpath) if sys.platform.startswith("linux") else None
    command = (program, "--pdeathsig", "KILL", "--") if program else ()
    with contextlib.suppress(UsageError):
        if command and run((*command, program or "", "--version"), env={}, timeout=10).returncode == 0:
            return command
    return ()


def supervise(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: Path,
    stderr: Path,
    mark: str,
    ceilings: Ceilings,
    on_line: Callable[[bytes], None],
    last_activity: Callable[[], float],
    must_stop: Callable[[], str],
) -> Ended:
    """Run a long command under limits, line by line, and leave no descendant behind.

    Args:
        argv: the command; never a shell string.
        env: the whole environment of the process; the run's mark is added to it.
        cwd: its working directory.
        stdin: a file that becomes its standard input.
        stderr: a file that receives its standard error.
        mark: unique to the run; finds descendants that left the process group.
        ceilings: wall-clock, idle, output and file limits.
        on_line: called with each line of standard output, the last one even where no newline ends it.
        last_activity: monotonic time of the last sign of life beside standard output (a request on the relay).
        must_stop: asked between reads; a non-empty answer ends the process and becomes `Ended.stopped`.

    Raises:
        UsageError: the program cannot be started.
        KeyboardInterrupt: passed on after the process and its descendants were ended.
    """
    started = time.monotonic()
    watch = Watch(mark)
    stopped = ""
    strays: list[int] = []
    child: subprocess.Popen[bytes] | None = None
    with stdin.open("rb") as source, stderr.open("wb") as errors:
        try:
            with shielded():  # an interrupt must not fall between the fork and the variable
                child = _start(argv, {**env, MARK: mark}, cwd=cwd, stdin=source, stdout=subprocess.PIPE, stderr=errors)
            _limit_files(child.pid, ceilings.file_bytes)
            watch.follow(child.pid)
            stopped = _pump(child, watch, started, ceilings, on_line, last_activity, must_stop)
        finally:
            with shielded():
                if child is not None:
                    _descend(child)
                strays = watch.end()
                if child is not None and child.stdout is not None:
                    child.stdout.close()
    returncode = -signal.SIGKILL if child.returncode is None else child.returncode
    return Ended(returncode=returncode, stopped=stopped, seconds=time.monotonic() - started, strays=len(strays))


def _start(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None,
    stdin: BinaryIO | int,
    stdout: int,
    stderr: BinaryIO,
) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own, on the leash, with files for its owner alone."""
    try:
        return subprocess.Popen(
            [*_leash(), *argv],
            env=dict(env),
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            umask=0o077,
        )
    except OSError as error:
        raise UsageError(f"{argv[0]} cannot be started: {error.strerror}", "run: inv codex.doctor") from error


def _limit_files(pid: int, most: int) -> None:
    """Limit the size of each file that a process and its descendants write (prlimit(2), RLIMIT_FSIZE)."""
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):  # a lower limit is in force already, or the child is gone
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


def _pump(
    child: "subprocess.Popen[bytes]",
    watch: Watch,
    started: float,
    ceilings: Ceilings,
    on_line: Callable[[bytes], None],
    last_activity: Callable[[], float],
    must_stop: Callable[[], str],
) -> str:
    """Read standard output until the child ends or a limit is reached; return the limit's name or nothing."""
    if child.stdout is None:  # pragma: no cover - Popen was called with a pipe
        return ""
    reader = Pipe(child.stdout.fileno(), on_line)
    heard, looked = time.monotonic(), 0.0
    while True:
        if time.monotonic() - looked > _TICK:
            watch.look()
            looked = time.monotonic()
        if reason := must_stop() or reader.trouble:
            return reason
        if child.poll() is not None:
            # All that the child wrote is in the pipe by now, whoever else keeps its other end open.
            reader.drain()
            return reader.trouble
        if reader.closed:
            time.sleep(_TICK / 5)
        elif reader.step(_TICK):
            heard = time.monotonic()  # after the lines were dealt with: our own time is not the child's
        now = time.monotonic()
        idle = now - max(heard, last_activity())
        if reason := ceilings.reached(total=now - started, idle=idle, output=reader.total):
            return reason


def _descend(child: "subprocess.Popen[bytes]") -> None:
    """Ask, then insist: interrupt, terminate, kill, each to the whole process group."""
    for number, seconds in _LADDER:
        if child.poll() is not None:
            return
        with contextlib.suppress(OSError):
            os.killpg(child.pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and child.poll() is None:
            if child.stdout is not None:  # a child that floods a full pipe cannot end by itself
                with contextlib.suppress(OSError, ValueError):
                    os.read(child.stdout.fileno(), 1 << 20)
            time.sleep(0.02)


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """A background process of this run."""

    pid: int
    running: Callable[[], bool]


@contextlib.contextmanager
def daemon(argv: Sequence[str], *, env: Mapping[str, str], secret: bytearray, stderr: Path) -> Iterator[Daemon]:
    """Run a background process that reads a secret from standard input; it never outlives the `with` block.

    `secret` is overwritten with zeros as soon as it was handed over.

    Raises:
        UsageError: the program cannot be started.
    """
    child: subprocess.Popen[bytes] | None = None
    with stderr.open("wb") as errors:
        try:
            with shielded():
                child = _start(argv, env, cwd=None, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
            if child.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.write(secret)
                    child.stdin.close()
            secret[:] = bytes(len(secret))
            running = child
            yield Daemon(pid=child.pid, running=lambda: running.poll() is None)
        finally:
            secret[:] = bytes(len(secret))
            with shielded():
                if child is not None:
                    _descend(child)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.wait(timeout=5)
