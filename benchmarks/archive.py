"""Prints what metrics, audit and report take over many made-up records, once and twice as many; `N`: how many."""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proposer.provenance import statement
from proposer.provenance.record import FOLDER, RECORD, STATEMENT, Document

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
MEASURED = (
    "import resource, sys; from pathlib import Path; {}; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
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


def measured(name: str, root: Path) -> tuple[float, int]:
    """Return seconds and MB of one process."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED.format(WORK[name]), str(root)], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - started, int(done.stdout.splitlines()[-1]) // 1024


def main() -> None:
    """Print a line for each; `first` has no index yet, `again` has."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    found: dict[tuple[str, str, int], tuple[float, int]] = {}
    for size in (count, 2 * count):
        with tempfile.TemporaryDirectory(prefix="proposer-archive-") as folder:
            root = Path(folder)
            make(root, size)
            for name in WORK:
                (root / FOLDER / "index.jsonl").unlink(missing_ok=True)
                for when in ("first", "again"):
                    found[name, when, size] = measured(name, root)
    for (name, when, size), (seconds, memory) in found.items():
        growth = f", {seconds / found[name, when, count][0]:.2f} x the time" if size > count else ""
        sys.stdout.write(f"{name:8} {when:5} {size:8,} records: {seconds:6.2f} s, {memory} MB{growth}\n")


if __name__ == "__main__":
    main()
