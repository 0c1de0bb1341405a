"""Row 6: masking 10 MB of event lines, with known values, against `json.loads` and `json.dumps` of the same lines.

The lines are what a run has most of: commands with pieces of real code as their output, 0.2 to 8 kB long.
"""

import json
import random
import sys
from pathlib import Path

import rounds as timing

from proposer.outputs.redact import Redactor

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from corpus.innocents import corpora  # type: ignore[import-not-found]

__all__ = ["SIZE", "lines", "measure"]

SIZE = 10_000_000
_LENGTHS = (200, 600, 2_000, 8_000)
_VALUES = ("canary/Value+with-'marks'&more", "hunter2-hunter2-hunter2")


def lines(size: int) -> list[str]:
    """Return the same event lines every time, at least `size` characters in all."""
    chance, code = random.Random(3), corpora()["library code"]  # noqa: S311 - the same lines every time
    found: list[str] = []
    total = 0
    while total < size:
        length = chance.choice(_LENGTHS)
        at = chance.randrange(len(code) - length)
        item = {"id": f"item_{len(found)}", "type": "command_execution", "aggregated_output": code[at : at + length]}
        found.append(json.dumps({"type": "item.completed", "item": item | {"exit_code": 0, "status": "completed"}}))
        total += len(found[-1])
    return found


def measure(_: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer."""
    events, redactor = lines(SIZE), Redactor(_VALUES)

    def ours() -> None:
        for line in events:
            redactor.jsonl(line)

    def peer() -> None:
        for line in events:
            json.dumps(json.loads(line))

    found = timing.interleaved({"ours": ours, "peer": peer}, rounds)
    return found["ours"], found["peer"]
