"""A small repository in which one Codex is tried: two workflows, two commits, a script for a model."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from proposer import locking, workflow
from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME, Lock
from proposer.errors import UsageError
from proposer.git import Git
from proposer.invocation import binary as binaries
from proposer.invocation import events
from proposer.relay.script import SCHEMA
from proposer.request import Request

__all__ = ["WORKFLOWS", "ran", "repinned", "wired"]

_SETTINGS = """version = 1
[workflows.look]
summary = "a change is looked at"
prompt = "prompt.md"
schema = "schema.json"
[workflows.write]
summary = "a change is proposed"
prompt = "prompt.md"
schema = "schema.json"
sandbox = "workspace-write"
allowed = ["**"]
"""
_ANSWER = {
    "type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"], "additionalProperties": False,
}  # fmt: skip
_PATCH = "*** Begin Patch\n*** Add File: added.txt\n+one\n*** End Patch\n"
WORKFLOWS: dict[str, list[Any]] = {
    "look": [
        {"shell": "cat note.txt"},
        [{"shell": "touch written.txt"}, {"shell": "no-such-command"}],
        {"say": "an interim message"},
        {"answer": {"note": "looked"}},
    ],
    "write": [{"patch": _PATCH}, {"shell": "echo two > shell.txt"}, {"answer": {"note": "written"}}],
}
"""What the scripted model does in each workflow: what runs do, with one command that fails and one that is refused."""


def wired(folder: Path, lock: Lock) -> Path:
    """Make the repository for the installed Codex, with the model and effort of a lock."""
    root = folder / "specimen"
    root.mkdir(parents=True)
    git = Git(cwd=root)
    git("init", "-q", "-b", "main", "--template=")
    texts = {"prompt.md": "{{ diff }}\n", "schema.json": json.dumps(_ANSWER), ".gitignore": ".proposer/\n"}
    for name, text in {**texts, "proposer.toml": _SETTINGS, "note.txt": "one\n"}.items():
        (root / name).write_text(text, encoding="utf-8")
    repinned(root, lock)
    _commit(git)
    (root / "note.txt").write_text("two\n", encoding="utf-8")
    _commit(git)
    return root


def repinned(root: Path, lock: Lock) -> None:
    """Pin the installed Codex, and every file of a repository as it lies there; model and effort are the lock's."""
    digest = binaries.recorded_digest()
    if digest is None:
        raise UsageError("the wheel of Codex names no binary in its RECORD", "name another version")
    found = binaries.find()
    pins = replace(lock, codex_version=found.version, codex_sha256={binaries.platform_key(): digest}, files={})
    (root / LOCK_NAME).write_text(lockfile.render(pins), encoding="utf-8")
    locking.write(root)


def _commit(git: Git) -> None:
    git("add", "-A")
    git("commit", "-q", "--no-gpg-sign", "--no-verify", "-m", "specimen")


def ran(root: Path, name: str, scratch: Path, *, record: Path | None = None, provider: str = "") -> dict[str, Any]:
    """Run a workflow and return what can be seen of it: outcome, shapes of events, tools, what became of calls."""
    script = scratch / f"{name}.json"
    script.write_text(json.dumps({"schema": SCHEMA, "turns": WORKFLOWS[name]}), encoding="utf-8")
    request = Request(
        workflow=name, base="HEAD~1", head="HEAD", provider=provider or f"rehearsal:{script}", record=record, fresh=True
    )
    summary = workflow.execute(root, request, environment={}, on_step=lambda _: None)
    kept = root / summary.record
    seen = {"outcome": f"{summary.outcome.label}: {summary.message}"}
    if not (kept / "events.jsonl").is_file():
        return seen
    requests = [json.loads(line) for line in (kept / "requests.jsonl").read_bytes().splitlines() if line]
    tools = sorted({str(tool) for row in requests for tool in row.get("tools", [])})
    shapes: dict[str, set[str]] = {}
    for line in (kept / "events.jsonl").read_bytes().splitlines():
        if (event := events.parse(line)) is None:
            continue
        kind = "/".join(filter(None, (event.kind, str(event.item.get("type", "")))))
        shapes.setdefault(kind, set()).update(_keys(event.raw))
    patch = kept / "proposal.patch"
    return {
        **seen,
        "tools": tools,
        "requests": len(requests),
        "events": {kind: sorted(keys) for kind, keys in sorted(shapes.items())},
        "proposed": sorted(line for line in patch.read_text(encoding="utf-8").splitlines() if line.startswith("+++"))
        if patch.is_file()
        else [],
    }


def _keys(value: Mapping[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for key, inner in value.items():
        found.add(prefix + key)
        if isinstance(inner, dict):
            found |= _keys(inner, f"{prefix}{key}.")
    return found
