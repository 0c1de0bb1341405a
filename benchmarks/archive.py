"""Prints what metrics, audit and report take over many made-up records, once and twice as many; `N`: how many."""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import rounds as timing
from figures import Taken

from proposer.provenance import statement
from proposer.provenance.record import FOLDER, RECORD, STATEMENT, Document

__all__ = ["DEFAULT", "WHEN", "WORK", "measure"]

DEFAULT = 100_000
START = datetime(2020, 1, 1, tzinfo=UTC)
OUTCOMES = ("clean", "findings", "blocked", "incomplete", "unavailable")
WORK = {
    "metrics": "from proposer.archive.totals import totals; from proposer.reports.metrics import render;"
    "render(totals(Path(sys.argv[1])))",
    "audit": "from proposer import audit; audit.examine(Path(sys.argv[1]), files=False)",
    "report": "from datetime import UTC, datetime; from proposer.reports.overview import page;"
    "page.render(Path(sys.argv[1]), datetime.now(UTC))",
}
WHEN = ("first", "again")
"""Without an index yet, and with one."""
_MEASURED = (
    "import resource, sys; from pathlib import Path; {}; used = resource.getrusage(resource.RUSAGE_SELF); "
    + timing.PEAK
    + "; print(peak, used.ru_utime + used.ru_stime)"
)


def document(run: str, at: datetime, chance: random.Random) -> Document:
    outcome = chance.choice(OUTCOMES)
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    rows = [
        {"title": "a title", "body": "why " * 40, "severity": chance.choice(("P0", "P1", "P2", "P3")),
         "confidence": 0.9, "category": "money", "side": "new", "path": f"src/app/{chance.choice('abcdef')}/x.py",
         "start_line": 1, "end_line": 1, "quote": f"line {chance.randrange(50)}"}
        for _ in range(2 if outcome in ("findings", "blocked") else 0)
    ]  # fmt: skip
    carried = [{"fingerprint": hashlib.sha256(f"{row['path']}{row['quote']}".encode()).hexdigest()[:16],
                "status": "new", "tree": "d" * 40, "finding": row} for row in rows]  # fmt: skip
    return Document.model_validate({
        "tool": {"pinned_cli_version": "0.163.0", "model": "gpt-5.5", "effort": "medium", "profile": "proposer",
                 "codex_sha256": "0" * 64, "codex_reference": "codex.lock", "proposer_version": "1",
                 "provider": "openai"},
        "run": {"id": run, "name": chance.choice(("review", "risk", "autofix")), "timestamp_utc": stamp,
                "started_at": stamp, "finished_at": stamp, "runner": "github-actions", "job_id": "1", "workflow": "w",
                "actor": "a", "repo": "o/r", "outcome": outcome, "fingerprint": "f" * 64, "unlocked": False,
                "lock_from": "base", "git": {"base_sha": "b" * 40, "head_sha": "c" * 40, "tree": "d" * 40,
                                             "branch": f"feature/{chance.randrange(500)}"}},
        "inputs": {**dict.fromkeys(("prompt_file", "output_schema_file"), "p.md"),
                   **dict.fromkeys(("prompt_sha256", "agents_md_sha256", "rules_sha256", "skills_sha256",
                                    "schema_sha256", "config_sha256", "lock_sha256", "diff_sha256",
                                    "provider_sha256"), "1" * 64), "untrusted": []},
        "policy": {"sandbox": "read-only", "shell": True},
        "outputs": {"final_message_file": "answer.json", "jsonl_log_file": "events.jsonl", "files_changed": [],
                    "artifacts_sha256": dict.fromkeys(("answer.json", "events.jsonl", "prompt.md"), "2" * 64)},
        "result": {"message": "m", "findings": rows, "carried": carried, "reasons": [], "dropped": 0,
                   "refused_commands": 0, "price": "0.0100 USD (x)", "seconds": chance.uniform(1, 300),
                   "usage": {"input_tokens": 1000, "cached_input_tokens": 500, "output_tokens": 50}},
    })  # fmt: skip


def make(root: Path, count: int) -> None:
    """Write records as a store does, but for the files behind them and for waiting on the disk."""
    runs = root / FOLDER / "runs"
    runs.mkdir(parents=True)
    (root / FOLDER / ".gitignore").write_text("*\n", encoding="ascii")
    chance, chain = random.Random(1), bytes(32)  # noqa: S311 - the same records each time
    with (root / FOLDER / "ledger").open("w", encoding="ascii") as ledger:
        for number in range(count):
            at = START + timedelta(minutes=number)
            run = f"{at:%Y%m%dT%H%M%SZ}-{number:08x}"
            made = document(run, at, chance)
            data = (json.dumps(made.model_dump(mode="json"), indent=2, sort_keys=True) + "\n").encode()
            text = statement.of(made, hashlib.sha256(data).hexdigest())
            (runs / run).mkdir()
            (runs / run / RECORD).write_bytes(data)
            (runs / run / STATEMENT).write_bytes(text)
            leaf = hashlib.sha256(text).digest()
            chain = hashlib.sha256(chain + leaf).digest()
            ledger.write(f"{number} {leaf.hex()} {chain.hex()}\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)


def measured(name: str, root: Path) -> Taken:
    """Return what one process takes."""
    started = time.perf_counter()
    call = [sys.executable, "-c", _MEASURED.format(WORK[name]), str(root)]
    done = subprocess.run(call, check=True, capture_output=True, text=True, env=timing.plain())
    memory, processor = done.stdout.split()[-2:]
    return Taken(seconds=time.perf_counter() - started, processor=float(processor), memory=int(memory))


def measure(count: int) -> Iterator[tuple[str, str, Taken]]:
    """Yield what each of `WORK` takes over so many records, and when."""
    with tempfile.TemporaryDirectory(prefix="proposer-archive-") as folder:
        few, root = Path(folder) / "few", Path(folder) / "many"
        make(few, 10)
        make(root, count)
        os.sync()  # else the first to read would wait for what was written
        measured("metrics", root)  # and so that the kernel knows all folders, whoever comes first
        for name in WORK:
            measured(name, few)  # modules are compiled and in memory then, as they are at any but the first time
            (root / FOLDER / "index.jsonl").unlink(missing_ok=True)
            for when in WHEN:
                yield name, when, measured(name, root)


def main() -> None:
    """Print a line for each; `first` has no index yet, `again` has."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    once: dict[tuple[str, str], Taken] = {}
    for size in (count, 2 * count):
        for name, when, taken in measure(size):
            before = once.setdefault((name, when), taken)
            growth = f", {taken.processor / before.processor:.2f} x the processor's time" if size > count else ""
            sys.stdout.write(f"{name:8} {when:5} {size:8,} records: {taken.seconds:6.2f} s, processor "
                             f"{taken.processor:6.2f} s, {taken.memory} MB{growth}\n")  # fmt: skip
            sys.stdout.flush()


if __name__ == "__main__":
    main()
