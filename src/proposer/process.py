"""The only module that starts processes: argv lists, a given standard input, a chosen environment, deadlines."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proposer.descendants import MARK, Watch
from proposer.errors import UsageError

__all__ = ["Ceilings", "Daemon", "Ended", "Finished", "daemon", "run", "supervise"]

_LADDER = ((signal.SIGINT, 2.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0))
"""Signals and the seconds that a child has to obey each."""
_TICK = 0.1
_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A process that ended by itself: its exit status (negative: signal) and what it printed."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True, kw_only=True)
class Ceilings:
    """Limits of a supervised process: seconds in all, seconds without any sign of life, bytes on standard output."""

    wall_seconds: float
    idle_seconds: float
    output_bytes: int = 256 * 1024 * 1024


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
        UsageError: the program does not exist or did not end within `timeout` seconds.
    """
    try:
        done = subprocess.run(
            list(argv), env=dict(env), cwd=cwd, input=stdin, capture_output=True, timeout=timeout, check=False
        )
    except FileNotFoundError as error:
        raise UsageError(f"{argv[0]} was not found", f"install it or put it on PATH: {Path(argv[0]).name}") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"{Path(argv[0]).name} did not end within {timeout:.0f} s", "look at what it waits for"
        ) from error
    return Finished(argv=tuple(argv), returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)


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
        ceilings: wall-clock, idle and output limits.
        on_line: called with each complete line of standard output.
        last_activity: monotonic time of the last sign of life beside standard output (a request on the relay).
        must_stop: asked between reads; a non-empty answer ends the process and becomes `Ended.stopped`.

    Raises:
        KeyboardInterrupt: passed on after the process and its descendants were ended.
    """
    started = time.monotonic()
    watch = Watch(mark)
    stopped = ""
    strays: list[int] = []
    with stdin.open("rb") as source, stderr.open("wb") as errors:
        child = subprocess.Popen(
            list(argv),
            env={**env, MARK: mark},
            cwd=cwd,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            umask=0o077,
        )
        try:
            watch.follow(child.pid)
            stopped = _pump(child, watch, started, ceilings, on_line, last_activity, must_stop)
            if stopped:
                _descend(child)
        finally:
            if child.poll() is None:
                _descend(child)
            strays = watch.end()
            if child.stdout is not None:
                child.stdout.close()
    return Ended(returncode=child.returncode, stopped=stopped, seconds=time.monotonic() - started, strays=len(strays))


def _pump(  # noqa: C901 - one loop, read from top to bottom
    child: subprocess.Popen[bytes],
    watch: Watch,
    started: float,
    ceilings: Ceilings,
    on_line: Callable[[bytes], None],
    last_activity: Callable[[], float],
    must_stop: Callable[[], str],
) -> str:
    """Read standard output until it closes or a limit is reached; return the limit's name or nothing."""
    if child.stdout is None:  # pragma: no cover - Popen was called with a pipe
        return ""
    descriptor = child.stdout.fileno()
    os.set_blocking(descriptor, False)
    rest, total, heard = b"", 0, time.monotonic()
    looked = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if now - looked > _TICK:
                watch.look()
                looked = now
            reason = must_stop() or _overdue(now, started, max(heard, last_activity()), ceilings, total)
            if reason:
                return reason
            if not selector.select(_TICK):
                if child.poll() is not None:
                    return ""
                continue
            block = os.read(descriptor, 1 << 16)
            if not block:
                break
            heard = time.monotonic()
            total += len(block)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                on_line(line)
            if len(rest) > _LINE_BYTES:
                return f"a line of more than {_LINE_BYTES} bytes"
    if rest:
        on_line(rest)
    while child.poll() is None:
        reason = must_stop() or _overdue(time.monotonic(), started, heard, ceilings, total)
        if reason:
            return reason
        time.sleep(_TICK / 5)
    return ""


def _overdue(now: float, started: float, heard: float, ceilings: Ceilings, total: int) -> str:
    if now - started > ceilings.wall_seconds:
        return f"the deadline of {ceilings.wall_seconds:g} s"
    if now - heard > ceilings.idle_seconds:
        return f"{ceilings.idle_seconds:g} s without a sign of life"
    if total > ceilings.output_bytes:
        return f"more than {ceilings.output_bytes} bytes of events"
    return ""


def _descend(child: subprocess.Popen[bytes]) -> None:
    """Ask, then insist: interrupt, terminate, kill, each to the whole process group."""
    for number, seconds in _LADDER:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if child.stdout is not None:  # a child that floods a full pipe cannot end by itself
                with contextlib.suppress(OSError, ValueError):
                    os.read(child.stdout.fileno(), 1 << 20)
            if child.poll() is not None:
                return
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
    """
    with stderr.open("wb") as errors:
        child = subprocess.Popen(
            list(argv),
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            umask=0o077,
        )
        try:
            if child.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.write(secret)
                    child.stdin.close()
            secret[:] = bytes(len(secret))
            yield Daemon(pid=child.pid, running=lambda: child.poll() is None)
        finally:
            _descend(child)
            child.wait()
