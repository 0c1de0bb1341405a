"""The edge between tasks and the library: errors become one line and an exit code, results become JSON or text."""

import contextlib
import errno
import io
import json
import os
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from invoke.exceptions import Exit

from proposer.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, ProposerError, StopError
from proposer.interrupts import interruptible, shielded

__all__ = ["edge", "finish", "print_json", "report", "telling"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    with telling():
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=True) + "\n")


@contextlib.contextmanager
def telling() -> Iterator[None]:
    """Print inside of this block: that nobody reads on (`| head`) must not change what a task came to."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def finish(code: int) -> None:
    """End the task with an exit code; 0 lets it return."""
    if code:
        raise Exit(code=code)


def report(summary: Any, *, as_json: bool) -> None:
    """Print a run's summary and end with its exit code."""
    from proposer.reports import console

    with telling():
        console.show_drift(summary)
    if as_json:
        print_json(summary.document())
    else:
        with telling():
            console.show(summary)
    finish(summary.outcome.exit_code)


@contextlib.contextmanager
def edge(*, as_json: bool = False) -> Iterator[None]:
    """Turn every error of the library into a message on standard error and its exit code.

    With `as_json`, standard output still holds exactly one document: `proposer/error/v1`.
    """
    _lenient()
    try:
        with interruptible():
            yield
    except Exit:
        raise
    except KeyboardInterrupt:
        with shielded(forget=True):
            _tell("interrupted", "", EXIT_INTERRUPTED, as_json=as_json)
    except StopError as error:
        _tell(error.message, error.hint, error.outcome.exit_code, as_json=as_json)
    except ProposerError as error:
        _tell(error.message, error.hint, error.exit_code, as_json=as_json)
    except OSError as error:
        if error.errno not in _FULL:
            _internal(error, as_json=as_json)
        _tell(f"internal error: {error.strerror}: {error.filename or 'a file of the run'}",
              "make room on the disk, then run again", EXIT_INTERNAL, as_json=as_json)  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the last place where a bug can be told apart from a verdict
        _internal(error, as_json=as_json)


def _lenient() -> None:
    """Let no name and no message end a task because a terminal's encoding lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _internal(error: Exception, *, as_json: bool) -> None:
    from proposer.reports.safe import log_line

    sys.stderr.write(log_line("".join(traceback.format_exception(error))))
    _tell(
        f"internal error: {type(error).__name__}: {error}",
        "this is a bug of proposer; please report it with the lines above",
        EXIT_INTERNAL,
        as_json=as_json,
    )


def _tell(message: str, hint: str, code: int, *, as_json: bool) -> None:
    from proposer.reports.safe import log_line

    message, hint = (" ".join(log_line(text).split()) for text in (message, hint))
    if as_json:
        print_json({"schema": "proposer/error/v1", "exit": code, "message": message, "hint": hint})
    sys.stderr.write(f"error: {message}\n" + (f"  {hint}\n" if hint else ""))
    raise Exit(code=code)
