"""Measures the budgets, each against its named peer in the same run, and writes `docs/measurements.md`.

`python benchmarks/measure.py [--quick] [--rounds N] [--out FOLDER]`. Run it on an idle machine; it takes many minutes.
With `--quick` the page is printed and nothing is written, unless a folder is named: figures of few rounds and little
data are good for nothing but to see that all of it works. It ends with 1 where a budget is missed.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import archive
import document
import generating
import growth
import growth_redact
import growth_safe
import hashing
import judging
import listing
import pictures
import reading
import redacting
import reviewing
import staging
from figures import Curve, Figures, Pair, Share, Taken

from proposer.config import lock

_T = TypeVar("_T")
_DOCS = Path(__file__).resolve().parents[1] / "docs"
_PAIRS: Mapping[str, Callable[[Path, int], tuple[float, float]]] = {
    "listing": listing.measure, "reviewing": reviewing.measure, "staging": staging.measure,
    "generating": generating.measure, "reading": reading.measure, "hashing": hashing.measure,
    "redacting": redacting.measure,
}  # fmt: skip
_LITTLE, _MUCH = 10_000_000, 100_000_000
_LONG = (250_000, 500_000, 1_000_000, 2_000_000)
_SIZES = {"untrusted": _LONG, "redact": _LONG, "published": (12_500, 25_000, 50_000, 100_000)}
"""Characters; what becomes too long to be published is cut and read again, which is a step in a curve."""


def main() -> int:
    """Measure, and write or print the page; 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds and little data: to see that it works")
    parser.add_argument("--rounds", type=int, help="counted rounds for each figure (default 7; 1 with --quick)")
    parser.add_argument("--out", type=Path, help="folder of the page (default docs/; with --quick it is printed)")
    chosen = parser.parse_args()
    figures = measured(rounds=chosen.rounds or (1 if chosen.quick else 7), quick=chosen.quick)
    page, folder = document.render(figures), chosen.out or (None if chosen.quick else _DOCS)
    if folder is None:
        sys.stdout.write(page)
    else:
        written(folder, page, pictures.drawn(figures))
    missed = document.missed(figures)
    sys.stdout.writelines(f"missed: {name}\n" for name in missed)
    return 1 if missed else 0


def written(folder: Path, page: str, drawn: Mapping[str, str]) -> None:
    """Write the page and its pictures."""
    (folder / "measurements").mkdir(parents=True, exist_ok=True)
    (folder / "measurements.md").write_text(page, encoding="utf-8")
    for name, text in drawn.items():
        (folder / "measurements" / name).write_text(text, encoding="utf-8")


def measured(*, rounds: int, quick: bool) -> Figures:
    """Measure everything, one after the other."""
    pairs = {name: Pair(*within(name, lambda place, call=call: call(place, rounds)))  # type: ignore[misc]
             for name, call in _PAIRS.items()}  # fmt: skip
    much = _LITTLE if quick else _MUCH
    little, more = within("memory", lambda place: (reading.memory(place, much // 10), reading.memory(place, much)))
    most = 2_000 if quick else archive.DEFAULT
    records = (most // 4, most // 2, most, 2 * most)
    sizes = {family: [size // 20 for size in found] if quick else found for family, found in _SIZES.items()}
    return Figures(
        machine=machine(rounds), pairs=pairs, masked=redacting.SIZE, events=(little, more), records=records,
        archive=archives(records), shares=shares(quick=quick), sizes=sizes,
        curves={family: curves(family, sizes[family]) for family in document.FAMILIES},
    )  # fmt: skip


def within(name: str, call: Callable[[Path], _T]) -> _T:
    """Say what is measured, and measure it in a folder that is removed."""
    said(name)
    scratch = Path(tempfile.mkdtemp(prefix="proposer-measure-"))
    try:
        return call(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def said(what: str) -> None:
    """Say what comes next."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")
    sys.stderr.flush()


def machine(rounds: int) -> dict[str, str]:
    """Return the class of this machine and the versions; nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True).stdout.split()[2]
    root = lock.of_worktree(_DOCS.parent)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}", "cores": f"{len(os.sched_getaffinity(0))}",
        "memory": f"{memory:.0f} GB", "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Python": platform.python_version(), "git": git,
        "Codex CLI": lock.read(root.lock_text, "the working tree").codex_version, "Invoke": version("invoke"),
        "DuckDB": version("duckdb"), "rounds of each figure": f"{rounds}",
    }  # fmt: skip


def archives(records: Sequence[int]) -> dict[tuple[str, str], list[Taken]]:
    """Return what metrics, audit and report take over each number of records."""
    found: dict[tuple[str, str], list[Taken]] = {(name, when): [] for name in archive.WORK for when in archive.WHEN}
    for count in records:
        said(f"{count:,} records")
        for name, when, taken in archive.measure(count):
            found[name, when].append(taken)
    return found


def shares(*, quick: bool) -> dict[str, Share]:
    """Return the rates of error on the corpora."""
    said("errors")
    return {
        **judging.sanitisers(200 if quick else 20_000), **judging.redaction(1 if quick else 10), **judging.gates(),
        **judging.drilled(3 if quick else None),
    }  # fmt: skip


def curves(family: str, sizes: Sequence[int]) -> list[Curve]:
    """Return the processor seconds of each kind of hostile text."""
    said(f"hostile text: {document.FAMILIES[family]}")
    found = []
    for name, prepare in _KINDS[family]().items():
        seconds = []
        for size in sizes:
            call, taken = prepare(size), list[float]()
            for _ in range(2):  # the faster one: what else the machine does can only make it slower
                started = time.process_time()
                call()
                taken.append(time.process_time() - started)
            seconds.append(min(taken))
        found.append(Curve(name, seconds))
    return found


def _over(rows: Mapping[str, tuple[Callable[[str], object], Callable[[int], str]]]) -> dict[str, growth.Prepared]:
    return {name: growth.over(function, make) for name, (function, make) in rows.items()}


_KINDS: Mapping[str, Callable[[], Mapping[str, growth.Prepared]]] = {
    "untrusted": lambda: growth.ROWS, "redact": lambda: _over(growth_redact.ROWS),
    "published": lambda: _over(growth_safe.ROWS),
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
