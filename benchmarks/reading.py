"""Row 5: reading event lines, against a bare loop of the fastest JSON parser over the same file; and its memory."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import redacting
import rounds as timing
from pydantic_core import from_json

from proposer.invocation import events

__all__ = ["measure", "memory"]

_SIZE = 10_000_000
_PARSERS: dict[str, Callable[[bytes], Any]] = {"orjson": orjson.loads, "pydantic": from_json, "json": json.loads}
_READ = (
    "import sys; from proposer.invocation import events; tally = events.Tally()\n"
    "with open(sys.argv[1], 'rb') as stream:\n    for event in events.read(stream): tally.add(event)\n"
    + timing.PEAK
    + "\nprint(peak)"
)


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the fastest peer."""
    path = scratch / "events.jsonl"
    path.write_text("\n".join(redacting.lines(_SIZE)) + "\n", encoding="utf-8")

    def ours() -> None:
        tally = events.Tally()
        with path.open("rb") as stream:
            for event in events.read(stream):
                tally.add(event)

    def bare(parse: Callable[[bytes], Any]) -> None:
        with path.open("rb") as stream:
            for line in stream:
                parse(line)

    cases: dict[str, Callable[[], object]] = {"ours": ours}
    cases |= {name: lambda parse=parse: bare(parse) for name, parse in _PARSERS.items()}  # type: ignore[misc]
    found = timing.interleaved(cases, rounds)
    return found["ours"], min(found[name] for name in _PARSERS)


def memory(scratch: Path, size: int) -> int:
    """Return the MB that a process needs at most which reads so many bytes of event lines."""
    path = scratch / f"{size}.jsonl"
    lines = redacting.lines(_SIZE)
    with path.open("w", encoding="utf-8") as stream:
        for _ in range(max(1, size // _SIZE)):
            stream.write("\n".join(lines) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], check=True, capture_output=True, text=True, env=timing.plain()
    )
    return int(done.stdout)
