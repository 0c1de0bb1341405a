"""What pytest itself said of a check, whatever exit status the process came to: the receipts of `witness`."""

import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Session", "expected", "faults", "read"]

_LARGEST_BYTES = 32 * 1024 * 1024
_OUTCOMES = ("passed", "failed", "skipped", "xfailed")


@dataclass(frozen=True, kw_only=True)
class Session:
    """One test run: how many tests were to run (None: nobody counted), and the outcome of each by its node id."""

    items: int | None
    outcomes: Mapping[str, str]

    def of(self, outcome: str) -> list[str]:
        """Return the tests that came to an outcome."""
        return [name for name, one in self.outcomes.items() if one == outcome]


def expected(command: Sequence[str]) -> bool:
    """Tell whether a command names pytest, so that it must leave a receipt."""
    return any("pytest" in word.replace("/", " ").split() for word in command)


def read(path: Path) -> tuple[Session, ...] | None:
    """Take the receipts of a command away and return them; None where they cannot be read.

    The code under test can write there too, so what lies there may be anything.
    """
    try:
        place = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(place).st_mode):
        os.close(place)
        return None
    with open(place, "rb") as stream:  # noqa: PTH123 - a descriptor
        data = stream.read(_LARGEST_BYTES + 1)
    path.unlink()
    try:
        return tuple(_session(json.loads(line)) for line in data.splitlines()) if len(data) <= _LARGEST_BYTES else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _session(row: Mapping[str, object]) -> Session:
    items, outcomes = row["items"], row["outcomes"]
    if not (items is None or isinstance(items, int)) or not isinstance(outcomes, dict):
        raise TypeError
    if not all(one in _OUTCOMES for one in outcomes.values()):
        raise ValueError
    return Session(items=items, outcomes=outcomes)


def faults(sessions: Sequence[Session], failing: Collection[str]) -> Iterator[str]:
    """Yield what speaks against a command that ended well.

    Args:
        sessions: its receipts; none for a command that runs no pytest.
        failing: the tests that failed before, as pytest's summary names them; each that was run must have passed.
    """
    for session in sessions:
        if failed := session.of("failed"):
            yield f"ended as if all were well, and {failed[0]} had failed"
        elif session.items is not None and session.items > len(session.outcomes):
            yield f"ended after {len(session.outcomes)} of {session.items} tests"
    for name in failing:
        ran = [
            outcome for session in sessions for node, outcome in session.outcomes.items() if _is(node, name)
        ]  # a file that could not be imported stands for its tests
        if ran and not {"passed", "failed"} & set(ran):
            yield f"left out what failed before: {name} was {ran[0]}"
            return


def _is(node: str, name: str) -> bool:
    """Tell whether a node id is a test that a summary names; the two may start from different folders."""
    return (
        node == name
        or node.startswith((f"{name}::", f"{name}["))
        or node.endswith(f"/{name}")
        or name.endswith(f"/{node}")
    )
