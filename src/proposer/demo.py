"""The demo: generate an application, plant a payment that can be posted twice, review it, verify the record."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer import custody, workflow
from proposer.config import lock as locks
from proposer.config import lockfile
from proposer.config.answers import TEMPLATE_FILE
from proposer.config.lockfile import LOCK_NAME
from proposer.errors import Outcome
from proposer.generation import generate
from proposer.git import Git
from proposer.invocation import binary as binaries
from proposer.relay.script import SCHEMA
from proposer.reports.summary import Summary
from proposer.upkeep import specimen

__all__ = ["Demonstration", "demonstrate", "planted"]

_PLANTED = '''"""Posting again when an answer did not come in time."""

import uuid
from collections.abc import Callable

from {package}.finance.dto import CreateTransactionRequest, TransactionDTO

__all__ = ["post_with_retry"]

ATTEMPTS = 3


def post_with_retry(
    post: Callable[[CreateTransactionRequest, str], TransactionDTO], request: CreateTransactionRequest
) -> TransactionDTO:
    """Post a transaction, up to three times.

    Args:
        post: sends a request with an idempotency key to `POST /finance/transactions`.
        request: the transaction.

    Raises:
        TimeoutError: no attempt was answered in time.
    """
    for _ in range(ATTEMPTS - 1):
        key = str(uuid.uuid4())
        try:
            return post(request, key)
        except TimeoutError:
            continue
    return post(request, str(uuid.uuid4()))
'''
_DEFECT = "        key = str(uuid.uuid4())"


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """What the demo came to."""

    repository: Path
    summary: Summary
    verified: bool

    @property
    def good(self) -> bool:
        """Whether the planted defect was blocked and the record verified."""
        return self.summary.outcome is Outcome.BLOCKED and self.verified


def planted(package: str) -> str:
    """Return the module with the defect: each attempt has an idempotency key of its own, so a retry posts again."""
    return _PLANTED.replace("{package}", package)


def _script(path: str) -> dict[str, object]:
    """Return what the scripted model does: it reads the change, tries two things it must not, and answers."""
    finding = {
        "title": "A retried payment is posted twice",
        "body": (
            "Every attempt makes a new idempotency key. When the first one was posted and only its answer got lost, "
            "the second has another key and is posted again. Make the key once, before the loop, for every attempt."
        ),
        "severity": "P0",
        "confidence": 0.97,
        "category": "money",
        "side": "new",
        "path": path,
        "start_line": _PLANTED.split("\n").index(_DEFECT) + 1,
        "end_line": _PLANTED.split("\n").index(_DEFECT) + 1,
        "quote": _DEFECT,
    }
    answer = {
        "summary": "The change retries a payment with a new idempotency key each time, so it can post twice.",
        "verdict": "request_changes",
        "findings": [finding],
    }
    return {
        "schema": SCHEMA,
        "turns": [
            {"shell": "git show --stat HEAD"},
            [{"shell": f"cat {path}"}, {"shell": "touch written-by-the-model.txt"}, {"shell": "git push origin main"}],
            {"answer": answer},
        ],
    }


def demonstrate(folder: Path, *, environment: Mapping[str, str], on_step: Callable[[str], None]) -> Demonstration:
    """Run the whole chain in a new folder, with the real Codex binary and a scripted model.

    Args:
        folder: becomes the demo repository; it must not exist or be empty.
        environment: the caller's environment.
        on_step: told what happens, for people.

    Raises:
        UsageError: the folder is in use, or git is missing.
    """
    on_step(f"generating a repository in {folder}")
    generate(folder, {}, no_input=True)
    package = json.loads((folder / TEMPLATE_FILE).read_text(encoding="utf-8"))["answers"]["package_name"]
    git = Git(cwd=folder)
    git("init", "-q", "-b", "main", "--template=")
    if binaries.find().version != lockfile.CODEX_VERSION:  # whoever tries this has some newer Codex
        specimen.repinned(folder, locks.read((folder / LOCK_NAME).read_bytes(), "the template"))
    _commit(git, "Generate the application")
    path = f"src/{package}/finance/retry.py"
    (folder / path).write_text(planted(package), encoding="utf-8")
    _commit(git, "Retry payments that time out")
    script = folder / ".proposer" / "demo-script.json"
    script.parent.mkdir(exist_ok=True)
    script.write_text(json.dumps(_script(path), indent=2) + "\n", encoding="utf-8")
    on_step("reviewing the planted change with the real Codex binary and a scripted model")
    request = workflow.Request(workflow="review", base="HEAD~1", head="HEAD", provider=f"rehearsal:{script}")
    summary = workflow.execute(folder, request, environment=environment, on_step=on_step)
    on_step("verifying the record")
    verified = bool(summary.run) and bool(custody.verify(folder, summary.run).verified)
    return Demonstration(repository=folder, summary=summary, verified=verified)


def _commit(git: Git, message: str) -> None:
    git("add", "-A")
    git("-c", "commit.gpgSign=false", "commit", "-q", "--no-verify", "-m", message)
