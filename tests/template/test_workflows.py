"""A generated repository declares every shipped workflow, with its prompt, its schema and a task."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from proposer.config import lockfile, settings, strict
from proposer.tasks import codex

Baker = Callable[..., Path]


@pytest.mark.parametrize("domain", ["finance", "generic"])
def test_every_workflow_is_declared_with_files_that_are_pinned(baked: Baker, domain: str) -> None:
    root = baked(domain=domain)
    declared = settings.parse((root / "proposer.toml").read_bytes()).workflows
    lock = lockfile.parse((root / "codex.lock").read_text(encoding="utf-8"))
    assert {"review", "risk", "migrations", "triage", "release-notes", "predeploy"} <= set(declared)
    for name, workflow in declared.items():
        assert {workflow.prompt, workflow.output_schema} <= set(lock.files), name
        assert strict.problems(json.loads((root / workflow.output_schema).read_text(encoding="utf-8"))) == []
        assert name in codex.task_names


def test_the_risk_report_is_a_hook_that_runs_by_hand_only(baked: Baker) -> None:
    hooks = yaml.safe_load((baked() / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    asking = [hook for hook in hooks if "codex." in hook["entry"] and "codex.lock" not in hook["entry"]]
    assert [hook["entry"] for hook in asking] == ["inv codex.risk --staged --out artifacts/codex-risk-report.json"]
    assert asking[0]["stages"] == ["manual"]
    assert "artifacts/" in (baked() / ".gitignore").read_text(encoding="utf-8").split()
