"""The run as people and programs read it: one frozen value, and the JSON object of a run."""

from dataclasses import dataclass, field
from typing import Any

from proposer.errors import Outcome
from proposer.outputs.answer import Finding

__all__ = ["SCHEMA", "Summary"]

SCHEMA = "proposer/run/v1"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a finished run came to. `record` is relative to the repository; digests are hexadecimal."""

    run: str
    workflow: str
    outcome: Outcome
    message: str
    hint: str = ""
    record: str = ""
    fingerprint: str = ""
    statement: str = ""
    provider: str = ""
    model: str = ""
    base: str = ""
    head: str = ""
    summary: str = ""
    findings: tuple[Finding, ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)
    carried: tuple[dict[str, Any], ...] = ()
    dropped: int = 0
    reasons: tuple[str, ...] = ()
    not_reviewed: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    instruction_paths: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused_commands: int = 0
    redactions: int = 0
    proposal: dict[str, Any] | None = None
    usage: dict[str, int] = field(default_factory=dict)
    price: str = ""
    seconds: float = 0.0
    drift: str = ""

    @property
    def unasked(self) -> str:
        """One sentence that says who answered instead of a model; empty where a model was asked."""
        name, _, source = self.provider.partition(":")
        who = {"rehearsal": "a scripted model answered (rehearsal)", "cassette": f"a recording answered ({source})"}
        return f"No model was asked: {who[name]}." if name in who else ""

    @property
    def rehearsed(self) -> bool:
        """Whether a script or a recording answered instead of a model."""
        return bool(self.unasked)

    @property
    def details(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the answer says beside summary and findings: (title, lines), in the answer's own order."""
        line = "{status}: {finding[severity]} {finding[path]}:{finding[start_line]}: {finding[title]}"
        before = tuple(line.format(**row) for row in self.carried if row["status"] != "new")
        said = {key.replace("_", " "): _lines(value) for key, value in self.answer.items() if value not in ("", [])}
        return (*said.items(), *([("since the last run on this branch", before)] if before else []))

    @property
    def proposed(self) -> tuple[str, ...]:
        """What the run proposes, and each reason against it; empty where it proposes nothing."""
        if self.proposal is None:
            return ()
        counts = "{files} file(s), {added} line(s) added, {removed} removed".format(**self.proposal)
        word = "allowed" if self.proposal["allowed"] else "refused"
        reasons = (": ".join(filter(None, (code, path, message))) for code, path, message in self.proposal["reasons"])
        return (f"{word}: {counts}: {self.proposal['patch']}", *reasons)

    @property
    def cost(self) -> str:
        """Tokens, and what they cost as far as the settings know."""
        tokens = self.usage.get("input_tokens", 0) + self.usage.get("output_tokens", 0)
        return f"{tokens} tokens, price {self.price or 'unknown'}"

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the run (`proposer/run/v1`)."""
        return {
            "schema": SCHEMA,
            "run": self.run,
            "workflow": self.workflow,
            "outcome": self.outcome.label,
            "exit": self.outcome.exit_code,
            "record": self.record,
            "fingerprint": f"sha256:{self.fingerprint}",
            "statement": f"sha256:{self.statement}",
            "findings": len(self.findings),
            "dropped": self.dropped,
            "not_reviewed": list(self.not_reviewed),
            "excluded": list(self.excluded),
            "instruction_paths": list(self.instruction_paths),
            "refused_commands": self.refused_commands,
            "proposal": self.proposal,
            "usage": {key: self.usage.get(key, 0) for key in ("input_tokens", "cached_input_tokens", "output_tokens")},
            "seconds": round(self.seconds, 3),
            "message": " ".join(self.message.split()),
        }


def _lines(value: Any) -> tuple[str, ...]:
    """Return a part of an answer as lines: a row of a list is one, its fields in order."""
    if isinstance(value, list):
        return tuple(_line(row) for row in value)
    return (_line(value),)


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(filter(None, (_line(part) for part in value.values())))
    if isinstance(value, list):
        return ", ".join(map(_line, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else " ".join(str(value).split())
