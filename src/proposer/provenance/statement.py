"""The statement of a run: made from its record, as canonical JSON (RFC 8785), and read back by whoever verifies it."""

import json
from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from proposer import digests
from proposer.errors import RefusedError
from proposer.provenance.attestation import (
    BUILD_TYPE,
    PREDICATE,
    TYPE,
    BuildDefinition,
    Builder,
    External,
    Internal,
    Metadata,
    Predicate,
    Resource,
    RunDetails,
    Statement,
)
from proposer.provenance.document import Document

__all__ = ["BUILD_TYPE", "of", "read", "strayed"]

_RECORD = "record.json"
_LARGEST = 4 * 1024 * 1024
_BUILDERS = "https://proposer.invalid/builders/{}/v1"


def of(document: Document, record_sha256: str) -> bytes:
    """Return the statement about a run.

    The subject is the proposal, else the answer, else (a run without either) the record itself: it is never empty.

    Args:
        document: record.json.
        record_sha256: hexadecimal digest of record.json's bytes.
    """
    artifacts = document.outputs.artifacts_sha256
    subject = _subject(document)
    run, tool, policy = document.run, document.tool, document.policy
    came_to = {key: document.result[key] for key in ("seconds", "usage") if key in document.result}
    record = _resource(_RECORD, record_sha256).model_copy(update={"annotations": {"outcome": run.outcome, **came_to}})
    statement = Statement(
        type=TYPE,
        subject=[_resource(subject, artifacts.get(subject, record_sha256))],
        predicate_type=PREDICATE,
        predicate=Predicate(
            build_definition=BuildDefinition(
                build_type=BUILD_TYPE,
                external_parameters=External(
                    workflow=run.name, fingerprint=run.fingerprint, untrusted=document.inputs.untrusted
                ),
                internal_parameters=Internal(
                    model=tool.model, effort=tool.effort, profile=tool.profile, provider=tool.provider,
                    sandbox=policy.sandbox, approval_policy=policy.approval_policy,
                    network_access=policy.network_access, shell=policy.shell, limits=policy.limits,
                    unlocked=run.unlocked, lock_from=run.lock_from, replay_of=run.replay_of,
                ),
                resolved_dependencies=list(_dependencies(document)),
            ),
            run_details=RunDetails(
                builder=Builder(
                    id=_BUILDERS.format(run.runner),
                    version={"proposer": tool.proposer_version, "codex": tool.pinned_cli_version},
                    builder_dependencies=[_resource("codex", tool.codex_sha256)] if tool.codex_sha256 else [],
                ),
                metadata=Metadata(invocation_id=run.id, started_on=run.started_at, finished_on=run.finished_at),
                byproducts=[record, *(_resource(*row) for row in sorted(artifacts.items()) if row[0] != subject)],
            ),
        ),
    )  # fmt: skip
    return digests.canonical(statement.model_dump(mode="json", by_alias=True, exclude_none=True))


def _dependencies(document: Document) -> Iterator[Resource]:
    inputs, parts = document.inputs, document.run.git
    yield Resource(name="base", digest={"gitCommit": parts.base_sha})
    if parts.head_sha:
        yield Resource(name="head", digest={"gitCommit": parts.head_sha})
    yield Resource(name="subject", digest={"gitTree": parts.tree})
    named = {
        "codex": document.tool.codex_sha256, "codex.lock": inputs.lock_sha256, "prompt": inputs.prompt_sha256,
        "schema": inputs.schema_sha256, "AGENTS.md": inputs.agents_md_sha256, "rules": inputs.rules_sha256,
        "skills": inputs.skills_sha256, "config": inputs.config_sha256, "diff": inputs.diff_sha256,
        "script": inputs.provider_sha256,
    }  # fmt: skip
    yield from (_resource(name, digest) for name, digest in named.items() if digest)
    for row in inputs.untrusted:
        if "raw_sha256" in row:
            yield _resource(f"untrusted/{row.get('name', '')}", row["raw_sha256"])


def _resource(name: str, digest: str) -> Resource:
    return Resource(name=name, digest={"sha256": digest})


def read(data: bytes) -> Statement:
    """Read a statement that somebody else may have made.

    Raises:
        RefusedError: it is not one of a run: another type, no subject, an unknown field or external parameter, or its
            bytes are not those of canonical JSON.
    """
    hint = "do not rely on it; ask for the record of the run"
    try:
        if len(data) > _LARGEST:
            raise ValueError("it is too large")  # noqa: TRY301 - one way out for all that cannot be read
        value = json.loads(data)
        statement = Statement.model_validate(value)
        if digests.canonical(value) != data:
            raise ValueError("it is not canonical JSON (RFC 8785)")  # noqa: TRY301 - the same
    except ValidationError as error:
        raise RefusedError(f"the statement is refused: {_fault(error)}", hint) from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the statement cannot be read: {str(error)[:120]}", hint) from error
    return statement


def strayed(statement: Statement, document: Document, record_sha256: str) -> Iterator[str]:
    """Yield one sentence for each file that a statement names otherwise than the record does.

    Args:
        statement: as it was read.
        document: record.json, which lists the other files.
        record_sha256: hexadecimal digest of record.json's bytes.
    """
    wanted = {**document.outputs.artifacts_sha256, _RECORD: record_sha256}
    subject, made = statement.subject, statement.predicate.run_details.byproducts
    if [row.name for row in subject] != [_subject(document)]:
        yield f"the subject of the statement is not {_subject(document)}"
    for row in (*subject, *made):
        if row.digest != {"sha256": wanted.get(row.name, "")}:
            yield f"the statement names another {row.name[:200]} than the record"
    # The record is always a byproduct, for its annotations, also where it is the subject for want of anything better.
    named = Counter(row.name for row in made) + Counter(row.name for row in subject if row.name != _RECORD)
    yield from (f"the statement does not name {name}" for name in sorted(wanted.keys() - named.keys()))
    yield from (f"the statement names {name[:200]} twice" for name in sorted(named) if named[name] > 1)


def _subject(document: Document) -> str:
    listed = document.outputs.artifacts_sha256
    return next((name for name in ("proposal.patch", "answer.json") if name in listed), _RECORD)


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["loc"] == ("subject",):
        return "its subject is empty or missing"
    if first["type"] == "extra_forbidden":
        kind = "external parameter" if "externalParameters" in first["loc"] else "field"
        return f"unknown {kind} {where}"
    return f"{where}: {first['msg'].lower()}"
