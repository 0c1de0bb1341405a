"""What a statement (in-toto Statement v1, SLSA provenance v1) says about a run of Codex."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Run", "read_statement"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run, as its committed statement tells it; a text is empty where the statement says nothing."""

    file: str
    sha256: str
    run: str = ""
    workflow: str = ""
    model: str = ""
    provider: str = ""
    base: str = ""
    codex: str = ""
    started_at: str = ""
    finished_at: str = ""
    fault: str = ""
    """Why the file could not be read."""


def read_statement(file: str, data: bytes) -> Run:
    """Read a statement; one that makes no sense is shown as such and hides no other."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        document = json.loads(data)
        predicate = document["predicate"]
        definition, details = predicate["buildDefinition"], predicate["runDetails"]
        inner, metadata = definition["internalParameters"], details["metadata"]
        return Run(
            file=file,
            sha256=digest,
            run=_text(metadata, "invocationId"),
            workflow=_text(definition["externalParameters"], "workflow"),
            model=_text(inner, "model"),
            provider=_text(inner, "provider"),
            base=_commit(definition.get("resolvedDependencies", [])),
            codex=_text(details["builder"].get("version", {}), "codex"),
            started_at=_text(metadata, "startedOn"),
            finished_at=_text(metadata, "finishedOn"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Run(file=file, sha256=digest, fault="not a statement that this page understands")


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _commit(dependencies: list[dict[str, Any]]) -> str:
    found = [entry["digest"].get("gitCommit", "") for entry in dependencies if entry.get("name") == "base"]
    return str(found[0]) if found else ""
