"""One of the processes that share a suite: it claims a drill, tries it, prints its result as a JSON line, and goes on.

A process of its own because an attack looks at environment, home and children of the whole process.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from proposer.errors import EXIT_INTERRUPTED
from proposer.interrupts import interruptible
from proposer.proving.drill import Drill, catalogue
from proposer.proving.evidence import Evidence
from proposer.proving.ground import Ground

__all__ = ["command", "main"]


def command(root: Path, claims: Path, names: Sequence[str]) -> list[str]:
    """Return the command line of a worker; `-P` keeps the modules of the current folder out."""
    return [sys.executable, "-P", "-m", __name__, str(root), str(claims), *names]


def main(argv: Sequence[str]) -> int:
    """Work until every drill is claimed.

    Args:
        argv: the repository, the folder of claims, and the names of the drills.
    """
    root, claims, names = Path(argv[0]), Path(argv[1]), argv[2:]
    drills = catalogue(root)
    with interruptible(), Ground(root, keep=Evidence(root=root).keep) as ground:
        for drill in _claimed(claims, [drills[name] for name in names]):
            sys.stdout.write(json.dumps(vars(ground.attempt(drill))) + "\n")
            sys.stdout.flush()
    return 0


def _claimed(claims: Path, drills: Sequence[Drill]) -> Iterator[Drill]:
    """Yield the drills that no other worker took first."""
    for drill in drills:
        try:
            descriptor = os.open(claims / drill.name, os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            continue
        os.close(descriptor)
        yield drill


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # the arena was removed on the way out
        sys.exit(EXIT_INTERRUPTED)
