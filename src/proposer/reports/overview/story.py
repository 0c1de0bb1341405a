"""One run as a part of the page: everything in it is cut to what a reader takes in, and stays text."""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from proposer import digests
from proposer.archive.kept import Kept
from proposer.archive.steps import Step, Steps
from proposer.outputs.carried import fingerprint
from proposer.provenance.record import RECORD, STATEMENT

__all__ = ["story"]

_STEPS = 120
_GIVEN, _OUTPUT, _PROMPT, _BODY, _QUOTE = 4000, 2500, 6000, 4000, 4000
_SHORT = 160
_PATCH_LINES = 400
_ANSWERED = {"rehearsal": "No model was asked: a scripted model answered.",
             "cassette": "No model was asked: a recording answered."}  # fmt: skip
_USED = (("input_tokens", "input"), ("cached_input_tokens", "of it from the cache"), ("output_tokens", "output"))
_NAMES = {"command": "command", "patch": "patch", "message": "message", "failure": "failure", "tool": ""}


def story(kept: Kept, steps: Steps, leaves: Container[str]) -> dict[str, Any]:
    """Return what the template of a run needs.

    Args:
        kept: the record.
        steps: what the model did.
        leaves: what stands in the ledger.
    """
    rows = kept.patch.splitlines()
    missing = steps.missing
    if len(steps.steps) > _STEPS:
        missing = f"{len(steps.steps) - _STEPS} more steps: inv codex.show {kept.run}"
    return {
        "kept": kept,
        "who": _ANSWERED.get(kept.document.tool.provider, ""),
        "lists": [
            ("not reviewed", kept.not_reviewed[:50]), ("excluded", kept.excluded[:50]),
            ("instruction paths", kept.instruction_paths[:50]),
        ],
        "when": f"{kept.document.run.started_at[:19].replace('T', ' ')} UTC",
        "used": ", ".join(f"{kept.usage[name]:,} {word}" for name, word in _USED if name in kept.usage) or "no tokens",
        "prompt": _prompt(kept.place / "prompt.md"),
        "steps": [_step(step) for step in steps.steps[:_STEPS]],
        "names": _NAMES,
        "missing": missing,
        "findings": list(_findings(kept)),
        "patch": [(_kind(row), _cut(row, _SHORT * 4)) for row in rows[:_PATCH_LINES]],
        "more": max(0, len(rows) - _PATCH_LINES),
        "chain": list(_chain(kept, leaves)),
    }  # fmt: skip


def _step(step: Step) -> dict[str, Any]:
    given = _cut(step.given, _GIVEN)
    first = given.strip().partition("\n")[0]
    return {
        "turn": step.turn, "kind": step.kind, "tool": step.tool, "given": given, "refused": step.refused.strip(" :"),
        "short": "\n" not in given.strip() and len(given) <= 2 * _SHORT, "first": _cut(first, _SHORT) or "(empty)",
        "output": _cut(step.output or "", _OUTPUT),
    }  # fmt: skip


def _findings(kept: Kept) -> Iterator[dict[str, Any]]:
    statuses = kept.statuses
    for row in kept.findings:
        lines = _cut(row.quote, _QUOTE).split("\n")
        yield {
            "severity": row.severity, "title": _cut(row.title, 2 * _SHORT), "path": _cut(row.path, 2 * _SHORT),
            "start": row.start_line, "end": row.end_line, "old": row.side == "old", "category": row.category,
            "confidence": round(row.confidence * 100), "status": statuses.get(fingerprint(row), "new"),
            "body": _cut(row.body, _BODY), "lines": list(enumerate(lines, row.start_line)),
        }  # fmt: skip


def _chain(kept: Kept, leaves: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the links from what was asked to what vouches for it: title, words, digest."""
    inputs, run, tool = kept.document.inputs, kept.document.run, kept.document.tool
    outputs = kept.document.outputs.artifacts_sha256
    subject = next((name for name in ("proposal.patch", "answer.json") if name in outputs), RECORD)
    yield "Prompt", inputs.prompt_file or "none", inputs.prompt_sha256 or "-"
    yield "Run", f"{tool.model}, Codex {tool.pinned_cli_version}", run.fingerprint
    yield "Outputs", f"{subject} and {len(outputs)} files", outputs.get(subject, "-")
    leaf = _digest(kept.place / STATEMENT)
    yield "Statement", STATEMENT, leaf
    yield "Ledger", *(("holds the statement", leaf) if leaf in leaves else ("does not hold the statement", "-"))


def _digest(path: Path) -> str:
    try:
        return digests.of_file(path)
    except OSError:
        return "missing"


def _prompt(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as stream:
        return _cut(stream.read(4 * _PROMPT + 4).decode(errors="replace"), _PROMPT)


def _kind(row: str) -> str:
    if row.startswith(("+++", "---", "diff ", "index ", "@@", "new file", "deleted file", "similarity", "rename")):
        return "at"
    return {"+": "add", "-": "del"}.get(row[:1], "same")


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[:size]} … [cut]"
