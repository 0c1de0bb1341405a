"""A short rehearsed run in a scratch repository: the real Codex, a script for a model, no record."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proposer import git
from proposer.config.lockfile import Lock
from proposer.config.settings import Limits, Workflow
from proposer.errors import UsageError
from proposer.inputs import stage as stages
from proposer.inputs import subject as subjects
from proposer.inputs import workspace as workspaces
from proposer.invocation import session as sessions
from proposer.invocation.binary import Binary
from proposer.relay.script import Script

__all__ = ["rehearse"]

_SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
_WORKFLOW = Workflow.model_validate({"summary": "a rehearsal", "prompt": "prompt.md", "schema": "schema.json"})


def rehearse(
    turns: Sequence[Sequence[dict[str, Any]]], *, binary: Binary, lock: Lock, files: Mapping[str, bytes]
) -> list[dict[str, Any]]:
    """Let a script talk to Codex, read-only, in an empty repository, and return what Codex sent it.

    The model gets its shell even where the sandbox does not start: Codex then refuses each command by itself, after
    the rules were asked.

    Args:
        turns: steps of each turn (interface of rehearsal scripts); an answer is added.
        binary: the checked binary.
        lock: chooses model and effort.
        files: pinned files (instructions, rules, skills) by path.

    Returns:
        The lines of requests.jsonl.

    Raises:
        StopError: there was no run to its end (`unavailable`).
    """
    with tempfile.TemporaryDirectory(prefix="proposer-rehearsal-") as scratch:
        repository, kept = Path(scratch) / "repository", Path(scratch) / "kept"
        repository.mkdir()
        kept.mkdir()
        _commit(repository)
        with workspaces.opened(repository) as workspace:
            subject = subjects.resolve(workspace, base="HEAD", head="HEAD")
            session = sessions.hold(
                stage=stages.prepare(workspace, subject, instruction=lambda _: False),
                binary=binary,
                lock=lock,
                files=files,
                workflow=_WORKFLOW,
                limits=Limits(wall_seconds=300, idle_seconds=120, turns=len(turns) + 5),
                backend=Script([*(list(turn) for turn in turns), [{"answer": {}}]], ""),
                prompts=["This is a rehearsal."],
                schema=json.dumps(_SCHEMA).encode(),
                mark=Path(scratch).name,
                folder=kept,
                redact=str,
                readable=(workspace.store / "objects", repository / ".git" / "objects"),
                read_only=(),
                on_step=lambda _: None,
                insist=True,
            )
        failure = session.failure()
        if failure is not None:
            raise failure
        return [json.loads(line) for line in (kept / "requests.jsonl").read_bytes().split(b"\n") if line]


def _commit(repository: Path) -> None:
    here = git.Git(cwd=repository)
    here("init", "-q", "--template=")
    done = here.call("commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "rehearsal")
    if done.returncode:
        raise UsageError("git cannot commit in a scratch folder", "see: git commit --allow-empty in a new repository")
