"""Times alternatives in turns, so that whatever else the machine does hits all of them alike."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping

__all__ = ["PEAK", "interleaved", "plain"]

PEAK = "peak = int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]) // 1024"
"""Code of a child: the MB that it needed at most. What `getrusage` says begins with what its parent had (Linux)."""


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each case; every round runs every case once, after one round that is not counted.

    Args:
        cases: what to time by name.
        rounds: how often each is counted.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            gc.collect()
            started = time.perf_counter()
            case()
            if number:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(found) for name, found in times.items()}


def plain() -> dict[str, str]:
    """Return the environment without what makes every process compile its modules anew, as no user has it."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
