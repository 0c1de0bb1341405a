"""Records of runs that never were, kept as real ones are: document, statement, ledger."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proposer.outputs.answer import Finding
from proposer.outputs.carried import fingerprint
from proposer.provenance import record, statement
from proposer.provenance.record import Store

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def finding(severity: str = "P0", path: str = "src/money/fees.py", quote: str = "fee = 0.1", **more: Any) -> Finding:
    """Return a finding."""
    row = {
        "title": f"{severity} in {path}", "body": "b", "severity": severity, "confidence": 0.9, "category": "money",
        "side": "new", "path": path, "start_line": 1, "end_line": 1, "quote": quote,
    }  # fmt: skip
    return Finding.model_validate(row | more)


def carried(row: Finding, status: str = "new") -> dict[str, Any]:
    """Return what a record carries of a finding."""
    return {"fingerprint": fingerprint(row), "status": status, "tree": "t", "finding": row.model_dump(mode="json")}


@dataclass
class History:
    """The records of one repository; each is one minute later than the one before, unless it says when."""

    store: Store
    count: int = 0
    runs: list[str] = field(default_factory=list)

    def add(
        self,
        outcome: str = "clean",
        *findings: Finding,
        at: datetime | None = None,
        files: dict[str, str] | None = None,
        carried_rows: list[dict[str, Any]] | None = None,
        **facts: Any,
    ) -> Path:
        """Keep one more record; `facts` go where they belong: run, tool, policy, git or result."""
        moment = at or START + timedelta(minutes=self.count)
        self.count += 1
        draft = self.store.draft(f"{moment:%Y%m%dT%H%M%SZ}-{self.count:08x}", str)
        for name, text in {"answer.json": "{}\n", "events.jsonl": "", **(files or {})}.items():
            draft.write(name, text)
        rows = [row.model_dump(mode="json") for row in findings]
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
        result: dict[str, Any] = {
            "message": "m", "summary": "s", "findings": rows, "reasons": [], "notes": [], "dropped": 0,
            "carried": [carried(row) for row in findings] if carried_rows is None else carried_rows,
            "not_reviewed": [], "excluded": [], "instruction_paths": [], "refused_commands": 0, "proposal": None,
            "usage": {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0}, "price": "0 USD",
            "seconds": 1.0,
        }  # fmt: skip
        run = {
            "id": draft.id, "name": "review", "timestamp_utc": stamp, "started_at": stamp, "finished_at": stamp,
            "runner": "workstation", "job_id": None, "workflow": None, "actor": None, "repo": None,
            "outcome": outcome, "fingerprint": f"{self.count:064x}", "unlocked": False, "lock_from": "base",
        }  # fmt: skip
        tool = {
            "pinned_cli_version": "0.163.0", "model": "gpt-5.5", "effort": "medium", "profile": "proposer",
            "codex_sha256": "0" * 64, "codex_reference": "codex.lock", "proposer_version": "1", "provider": "openai",
        }  # fmt: skip
        git = {"base_sha": "b" * 40, "head_sha": "c" * 40, "tree": "d" * 40, "branch": "main"}
        policy = {"sandbox": "read-only", "shell": True}
        run["replay_of"] = None
        names = (
            "prompt_file", "prompt_sha256", "agents_md_sha256", "rules_sha256", "skills_sha256", "output_schema_file",
            "schema_sha256", "config_sha256", "lock_sha256", "diff_sha256", "provider_sha256",
        )  # fmt: skip
        inputs: dict[str, Any] = dict.fromkeys(names) | {"untrusted": []}
        for part in (run, tool, git, policy, inputs):
            part.update({key: facts.pop(key) for key in list(part) if key in facts})
        result.update(facts)
        document = record.Document.model_validate(
            {
                "tool": tool, "run": {**run, "git": git}, "policy": policy, "result": result,
                "inputs": inputs,
                "outputs": {
                    "final_message_file": "answer.json", "jsonl_log_file": "events.jsonl", "files_changed": [],
                    "artifacts_sha256": draft.artifacts(),
                },
            }
        )  # fmt: skip
        self.runs.append(draft.id)
        return self.store.keep(draft, document, lambda digest: statement.of(document, digest))

    def edit(self, run: str, **result: Any) -> None:
        """Change the result in a record.json that is in place, as a tamperer does."""
        path = self.store.runs / run / record.RECORD
        document = json.loads(path.read_text(encoding="utf-8"))
        document["result"].update(result)
        path.write_text(json.dumps(document), encoding="utf-8")
