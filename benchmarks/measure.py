"""Prints each figure of the speed budget against its named peer, measured in the same run.

Usage: python benchmarks/measure.py [--rounds N]. Run it on an idle machine; nothing here is asserted by a test.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import generating
import listing
import redacting
import reviewing
import staging

ROWS = (
    ("`inv --list` against an empty tasks.py", "ratio", 1.3, listing.measure),
    ("own time of a rehearsed review: ours minus bare `codex exec`", "seconds", 0.9, reviewing.measure),
    ("staging 7,000 files against clone --shared and checkout", "ratio", 1.2, staging.measure),
    ("`proposer new` against copier on an equal template", "ratio", 1.0, generating.measure),
    ("masking 10 MB of event lines against json.loads and json.dumps", "ratio", 30.0, redacting.measure),
)


def main() -> int:
    """Print the table; 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds for each figure (default 5)")
    rounds = parser.parse_args().rounds
    missed = 0
    print(f"{'what':62} {'ours':>8} {'peer':>8} {'figure':>9} {'budget':>7}")
    for what, kind, budget, measure in ROWS:
        scratch = Path(tempfile.mkdtemp(prefix="proposer-measure-"))
        try:
            ours, peer = measure(scratch, rounds)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        figure = ours / peer if kind == "ratio" else ours - peer
        unit = "x" if kind == "ratio" else " s"
        good = figure <= budget
        missed += not good
        print(
            f"{what:62} {ours:7.3f}s {peer:7.3f}s {figure:7.2f}{unit} {budget:5.2f}{unit}{'' if good else '  MISSED'}"
        )
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
