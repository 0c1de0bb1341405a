"""Row 7: the digests of a record's files, against `sha256sum` of the same files."""

import random
import subprocess
from pathlib import Path

import rounds as timing

from proposer import digests

__all__ = ["measure"]

_SIZES = (*(2_000,) * 8, 200_000, 1_000_000, 40_000_000, 120_000_000)
"""Bytes: what a record has of small files, an answer, a prompt, and the logs of a long run."""


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer; stop where they disagree."""
    chance, paths = random.Random(2), []  # noqa: S311 - the same bytes every time
    for number, size in enumerate(_SIZES):
        paths.append(scratch / f"file{number}")
        paths[-1].write_bytes(chance.randbytes(size))

    def ours() -> list[str]:
        return [digests.of_file(path) for path in paths]

    def peer() -> list[str]:
        done = subprocess.run(["sha256sum", *map(str, paths)], check=True, capture_output=True, text=True)
        return [line.split()[0] for line in done.stdout.splitlines()]

    assert ours() == peer()
    found = timing.interleaved({"ours": ours, "peer": peer}, rounds)
    return found["ours"], found["peer"]
