"""A small repository wired as generated ones are, and real runs in it: real Codex, real git, a scripted model."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from proposer import locking, workflow
from proposer.config import assets
from proposer.relay.exchange import Reply
from proposer.relay.script import Script
from proposer.reports.summary import Summary

CLEAN = {"answer": {"summary": "nothing to report", "verdict": "approve", "findings": []}}
FINDING = {
    "title": "t", "body": "b", "severity": "P0", "confidence": 0.9, "category": "money", "side": "new",
    "path": "note.txt", "start_line": 2, "end_line": 2, "quote": "a = 1",
}  # fmt: skip


def says(verdict: str, *findings: dict[str, Any]) -> dict[str, Any]:
    """Return the step of a review answer."""
    return {"answer": {"summary": "s", "verdict": verdict, "findings": list(findings)}}


@dataclass
class Lab:
    """One repository and what can be done in it."""

    root: Path
    scratch: Path
    home: Path
    steps: list[str] = field(default_factory=list)

    def git(self, *argv: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1"}
        identity = ("-c", "user.name=lab", "-c", "user.email=lab@localhost", "-c", "protocol.file.allow=always")
        done = subprocess.run(["git", *identity, *argv], cwd=self.root, env=env, capture_output=True, check=True)
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def commit(self, message: str = "change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def relock(self) -> None:
        locking.write(self.root)
        self.commit("lock")

    def relock_keeping_digest(self, text: str) -> None:
        """Write the lock anew but for the binary's digest, which stays the one in `text`; then change a note."""
        locking.write(self.root)
        path = self.root / "codex.lock"
        head = text.partition("[files]")[0]
        path.write_text(head + "[files]" + path.read_text(encoding="utf-8").partition("[files]")[2], encoding="utf-8")
        self.commit("pin another binary")
        self.write("note.txt", "after the pin\n")
        self.commit()

    def limits(self, **values: float) -> None:
        """Set limits in the base, and make a change to look at."""
        path = self.root / "proposer.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(" = ")[0] not in values]
        at = kept.index("[limits]") + 1
        kept[at:at] = [f"{name} = {value}" for name, value in values.items()]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
        self.relock()
        self.write("note.txt", "later\n")
        self.commit()

    @staticmethod
    def running(*words: str) -> list[bytes]:
        """Return the command lines of processes that hold all these words as arguments or parts of them."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = entry.read_bytes()
            except OSError:
                continue
            if all(word.encode() in line for word in words):
                found.append(line)
        return found

    def script(self, *turns: Any) -> str:
        path = self.scratch / f"script-{len(list(self.scratch.iterdir()))}.json"
        path.write_text(json.dumps({"schema": "proposer/rehearsal/v1", "turns": list(turns)}), encoding="utf-8")
        return f"rehearsal:{path}"

    def review(
        self, *turns: Any, name: str = "review", environment: dict[str, str] | None = None, **more: Any
    ) -> Summary:
        """Run a workflow in this process; base and head are the last two commits unless said otherwise."""
        options: dict[str, Any] = {"base": "HEAD~1", "head": "HEAD"} | more
        if turns:
            options["provider"] = self.script(*turns)
        request = workflow.Request(workflow=name, **options)
        return workflow.execute(self.root, request, environment=environment or {}, on_step=self.steps.append)

    def inv(self, *argv: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run Invoke as a user does, with standard input open and silent."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}
        reader, writer = os.pipe()
        try:
            return subprocess.run(
                [sys.executable, "-m", "invoke", *argv], cwd=cwd or self.root, env=base | env, stdin=reader,
                capture_output=True, text=True, check=False, timeout=120,
            )  # fmt: skip
        finally:
            os.close(reader)
            os.close(writer)

    @staticmethod
    def overhear(monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Return a list that gets each request as it is sent: records are redacted, and show nothing of what was."""
        sent: list[str] = []
        reply = Script.reply

        def overheard(script: Script, body: bytes, headers: Mapping[str, str]) -> Reply:
            sent.append(json.dumps(json.loads(body), ensure_ascii=False))
            return reply(script, body, headers)

        monkeypatch.setattr(Script, "reply", overheard)
        return sent

    def record(self, summary: Summary) -> Path:
        return self.root / summary.record

    def requests(self, summary: Summary) -> list[dict[str, Any]]:
        text = (self.record(summary) / "requests.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def outputs(self, summary: Summary) -> str:
        """Return everything that commands gave back to the model."""
        return "\n".join(output["text"] for row in self.requests(summary) for output in row["outputs"])


def wire(root: Path) -> None:
    """Lay down what the template wires, without the application."""
    source = assets.folder("template") / "{{cookiecutter.project_slug}}"
    for name in (".codex/rules/default.rules", ".codex/rules/cases.toml", "proposer.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, root / name)
    table = root / "proposer.toml"  # without what depends on answers
    table.write_text(re.sub(r"(?s)\{%-? if .*?endif %\}\n", "", table.read_text(encoding="utf-8")), encoding="utf-8")
    (root / ".codex" / "config.toml").write_text('model = "gpt-5.5"\n', encoding="utf-8")
    for kind, target in {"prompts": ".github/codex/prompts", "schemas": "schemas"}.items():
        shutil.copytree(assets.folder(kind), root / target)
    skill = root / ".agents" / "skills" / "count" / "SKILL.md"  # ours name what an application has
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: count\ndescription: Count things.\n---\nOne by one.\n", encoding="utf-8")
    (root / "AGENTS.md").write_text("# Rules\n\nBase sentinel: heron.\n", encoding="utf-8")
    (root / "ledger").mkdir()
    (root / "ledger" / "AGENTS.md").write_text("Module sentinel: bittern.\n", encoding="utf-8")
    (root / ".gitignore").write_text(".proposer/\n__pycache__/\n", encoding="utf-8")
    (root / "tasks.py").write_text(
        "from invoke import Collection\nfrom proposer.tasks import codex\n\nns = Collection(codex)\n", encoding="utf-8"
    )
