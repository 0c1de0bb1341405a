"""Row 1: `inv --list` in a generated repository, against an empty tasks.py."""

import subprocess
import sys
from pathlib import Path

import rounds as timing

from proposer.generation import generate

__all__ = ["measure"]


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer."""
    ours, peer = scratch / "ours", scratch / "peer"
    generate(ours, {}, no_input=True)
    peer.mkdir()
    (peer / "tasks.py").write_text("from invoke import Collection\n\nns = Collection()\n", encoding="utf-8")

    def listed(folder: Path) -> None:
        call = [sys.executable, "-m", "invoke", "--list"]
        subprocess.run(
            call, cwd=folder, check=folder is ours, stdin=subprocess.DEVNULL, capture_output=True, env=timing.plain()
        )

    found = timing.interleaved({"ours": lambda: listed(ours), "peer": lambda: listed(peer)}, rounds * 2)
    return found["ours"], found["peer"]
