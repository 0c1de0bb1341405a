"""The shape of a statement: in-toto Statement v1 with the predicate SLSA provenance v1, and nothing unknown in it.

Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.0/provenance
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

__all__ = [
    "BUILD_TYPE",
    "PREDICATE",
    "TYPE",
    "BuildDefinition",
    "Builder",
    "External",
    "Internal",
    "Metadata",
    "Predicate",
    "Resource",
    "RunDetails",
    "Statement",
]

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://proposer.invalid/codex-run/v1"
"""Identifies what the parameters mean (docs/reference/provenance.md). The host is reserved (RFC 2606)."""

DigestSet = Annotated[dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]+$")]], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Resource(_Part):
    """Something that is named and told apart by its digest."""

    name: str = Field(description="What it is.")
    digest: DigestSet = Field(description="`sha256` of its bytes, `gitCommit` or `gitTree`.")
    annotations: dict[str, Any] | None = Field(None, description="What else is known of it; left out where nothing is.")


class External(_Part):
    """What whoever started the run chose. A verifier refuses any other field."""

    workflow: str = Field(description="Name of the workflow.")
    fingerprint: str = Field(description="Equal where subject, base, lock, prompt and provider were equal.")
    untrusted: list[dict[str, str]] = Field(
        description="Texts that came with the run: `name`, `raw_sha256`, `cleaned_sha256`; `failure` is the signature "
        "of the failure that was to be mended."
    )


class Internal(_Part):
    """What the base's lock and settings chose."""

    model: str = Field(description="Model that was asked for.")
    effort: str = Field(description="Reasoning effort that was asked for.")
    profile: str = Field(description="Name of the permission profile.")
    provider: str = Field(description="Who answered: `openai`, or a scripted or recorded model.")
    sandbox: str = Field(description="`read-only` or `workspace-write`.")
    approval_policy: str = Field(description="What Codex does where the sandbox says no.")
    network_access: bool = Field(description="Whether commands of the model reached the network.")
    shell: bool = Field(description="Whether the model had a shell.")
    limits: dict[str, int | float] = Field(description="Ceilings of the run, from `[limits]` of the base's settings.")
    unlocked: bool = Field(description="Whether files of the working tree were used whatever the lock says.")
    lock_from: str = Field(description="Where lock and instructions came from: `base` or `worktree`.")
    replay_of: str | None = Field(None, description="The run whose recording answered; left out where none did.")


class BuildDefinition(_Part):
    """The inputs."""

    build_type: Literal["https://proposer.invalid/codex-run/v1"] = Field(description="What the parameters mean.")
    external_parameters: External
    internal_parameters: Internal
    resolved_dependencies: list[Resource] = Field(
        description="`base` and `head` (commits), `subject` (tree), and by SHA-256, where there was one: `codex`, "
        "`codex.lock`, `prompt`, `schema`, `AGENTS.md` (the chain), `rules`, `skills`, `config` (as rendered), "
        "`diff`, `script` (of a scripted or recorded model), and `untrusted/NAME` for each text that came along."
    )


class Builder(_Part):
    """Where it ran."""

    id: str = Field(description="`https://proposer.invalid/builders/KIND/v1`; KIND is `workstation`, `github-actions`, "
                    "`gitlab-ci` or `ci`.")  # fmt: skip
    version: dict[str, str] = Field(description="Versions of `proposer` and `codex`.")
    builder_dependencies: list[Resource] = Field(description="The `codex` binary by SHA-256; empty where none started.")


class Metadata(_Part):
    """Which run, and when (RFC 3339, UTC)."""

    invocation_id: str = Field(description="Id of the run.")
    started_on: str = Field(description="When it began.")
    finished_on: str = Field(description="When it ended.")


class RunDetails(_Part):
    """What happened."""

    builder: Builder
    metadata: Metadata
    byproducts: list[Resource] = Field(
        description="Every other file of the record, redacted. `record.json` carries what the run came to as "
        "annotations: `outcome`, `seconds`, `usage` (tokens)."
    )


class Predicate(_Part):
    """SLSA provenance v1."""

    build_definition: BuildDefinition
    run_details: RunDetails


class Statement(_Part):
    """The whole statement."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type", description="The format.")
    subject: list[Resource] = Field(
        min_length=1, description="The proposal, else the answer, else (a run without either) record.json."
    )
    predicate_type: Literal["https://slsa.dev/provenance/v1"] = Field(description="The format of the predicate.")
    predicate: Predicate
