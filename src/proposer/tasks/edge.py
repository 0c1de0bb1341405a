"""The edge between tasks and the library: errors become one line and an exit code, results become JSON or text."""

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from invoke.exceptions import Exit

from proposer.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, ProposerError, StopError

__all__ = ["edge", "finish", "print_json", "report"]


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def finish(code: int) -> None:
    """End the task with an exit code; 0 lets it return."""
    if code:
        raise Exit(code=code)


def report(summary: Any, *, as_json: bool) -> None:
    """Print a run's summary and end with its exit code."""
    from proposer.reports import console

    console.show_drift(summary)
    if as_json:
        print_json(summary.document())
    else:
        console.show(summary)
    finish(summary.outcome.exit_code)


@contextlib.contextmanager
def edge(*, as_json: bool = False) -> Iterator[None]:
    """Turn every error of the library into a message on standard error and its exit code.

    With `as_json`, standard output still holds exactly one document: `proposer/error/v1`.
    """
    try:
        yield
    except Exit:
        raise
    except KeyboardInterrupt:
        _tell("interrupted", "", EXIT_INTERRUPTED, as_json=as_json)
    except StopError as error:
        _tell(error.message, error.hint, error.outcome.exit_code, as_json=as_json)
    except ProposerError as error:
        _tell(error.message, error.hint, error.exit_code, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last place where a bug can be told apart from a verdict
        traceback.print_exc()
        _tell(
            f"internal error: {type(error).__name__}: {error}",
            "this is a bug of proposer; please report it with the lines above",
            EXIT_INTERNAL,
            as_json=as_json,
        )


def _tell(message: str, hint: str, code: int, *, as_json: bool) -> None:
    from proposer.reports.safe import log_line

    message = " ".join(log_line(message).split())
    if as_json:
        print_json({"schema": "proposer/error/v1", "exit": code, "message": message, "hint": hint})
    sys.stderr.write(f"error: {message}\n" + (f"  {hint}\n" if hint else ""))
    raise Exit(code=code)
