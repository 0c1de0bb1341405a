"""How many runs asked a model on a day (UTC): one line each, beside the records, so that a crashed run counts too."""

import fcntl
import os
import re

from proposer.errors import Outcome, StopError, UsageError
from proposer.provenance.record import Store

__all__ = ["claim"]

_NAME = "calls"
_DAY = re.compile(r"[0-9]{8}")


def claim(store: Store, run: str, limit: int, elsewhere: int = 0) -> int:
    """Take down that a run is about to ask a model, and return how many did on its day, this one included.

    Two runs at once are counted one after the other.

    Args:
        store: the records.
        run: id of the run; it starts with its day.
        limit: runs a day; 0: any number.
        elsewhere: runs of that day that are counted in another place, such as other jobs of a CI.

    Raises:
        StopError: the limit was reached (`unavailable`).
        UsageError: the count cannot be kept.
    """
    day = run[:8]
    if not _DAY.fullmatch(day):
        raise ValueError(f"{run!r} does not start with a day")
    try:
        descriptor = os.open(store.folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(
            f".proposer/{_NAME} cannot be written: {error.strerror}", f"remove .proposer/{_NAME}"
        ) from error
    with os.fdopen(descriptor, "r+", encoding="ascii", errors="replace") as stream:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        stream.seek(0)
        known = sum(line.startswith(day) for line in stream) + elsewhere
        if limit and known >= limit:
            raise StopError(
                Outcome.UNAVAILABLE,
                f"{known} runs asked a model on {day[:4]}-{day[4:6]}-{day[6:]} (UTC); {limit} a day are allowed",
                "wait for the next day, or raise calls_a_day in proposer.toml, [limits]",
            )
        stream.write(f"{run}\n")
    return known + 1
