"""The statement of a run: an in-toto Statement v1 with the SLSA provenance v1 predicate, as canonical JSON."""

from typing import Any

from proposer import digests
from proposer.provenance.record import RECORD, Document

__all__ = ["BUILD_TYPE", "of"]

BUILD_TYPE = "https://proposer.invalid/codex-run/v1"
"""Identifies the meaning of the parameters below (docs/reference/documents.md). The host is reserved (RFC 2606)."""

_BUILDERS = {"workstation": "https://proposer.invalid/builders/workstation/v1"}


def of(document: Document, record_sha256: str) -> bytes:
    """Return the statement about a run.

    The subject is the proposal, else the answer, else (a run without either) the record itself: it is never empty.

    Args:
        document: record.json.
        record_sha256: hexadecimal digest of record.json's bytes.
    """
    artifacts = document.outputs.artifacts_sha256
    subject = next((name for name in ("proposal.patch", "answer.json") if name in artifacts), RECORD)
    run, tool, inputs = document.run, document.tool, document.inputs
    statement: dict[str, Any] = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [_resource(subject, artifacts.get(subject, record_sha256))],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "workflow": run.name,
                    "fingerprint": run.fingerprint,
                    "untrusted": inputs.untrusted,
                },
                "internalParameters": {
                    "model": tool.model,
                    "effort": tool.effort,
                    "profile": tool.profile,
                    "provider": tool.provider,
                    "sandbox": document.policy.sandbox,
                    "shell": document.policy.shell,
                    "unlocked": run.unlocked,
                },
                "resolvedDependencies": [
                    {"name": "base", "digest": {"gitCommit": run.git.base_sha}},
                    {"name": "subject", "digest": {"gitTree": run.git.tree}},
                    *(
                        _resource(name, digest)
                        for name, digest in (
                            ("codex", tool.codex_sha256),
                            ("codex.lock", inputs.lock_sha256),
                            ("prompt", inputs.prompt_sha256),
                            ("schema", inputs.schema_sha256),
                            ("AGENTS.md", inputs.agents_md_sha256),
                            ("rules", inputs.rules_sha256),
                            ("skills", inputs.skills_sha256),
                        )
                        if digest
                    ),
                ],
            },
            "runDetails": {
                "builder": {
                    "id": _BUILDERS.get(run.runner, f"https://proposer.invalid/builders/{run.runner}/v1"),
                    "version": {"proposer": tool.proposer_version, "codex": tool.pinned_cli_version},
                },
                "metadata": {"invocationId": run.id, "startedOn": run.started_at, "finishedOn": run.finished_at},
                "byproducts": [
                    _resource(RECORD, record_sha256),
                    *(_resource(name, digest) for name, digest in sorted(artifacts.items()) if name != subject),
                ],
            },
        },
    }
    return digests.canonical(statement)


def _resource(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}
