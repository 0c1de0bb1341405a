"""record.json: the provenance document of a run, its shape and nothing else."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Document", "GitPart", "Inputs", "Outputs", "Policy", "Run", "Tool"]


class _Part(BaseModel):
    """A part of record.json; the shape is documented in docs/reference/provenance.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tool(_Part):
    """What ran."""

    name: str = Field("codex-cli", description="The tool.")
    pinned_cli_version: str = Field(description="Version of Codex that the lock pins.")
    model: str = Field(description="Model that was asked for.")
    effort: str = Field(description="Reasoning effort that was asked for.")
    profile: str = Field(description="Name of the permission profile.")
    codex_sha256: str = Field(description="The Codex binary that started; empty where none did.")
    codex_reference: str = Field(
        description="What vouches for that digest: `codex.lock`, or the `RECORD` of the installed wheel."
    )
    proposer_version: str = Field(description="Version of proposer.")
    provider: str = Field(description="Who answered; empty where the run came not so far.")


class GitPart(_Part):
    """The commits."""

    base_sha: str = Field(description="The trusted commit, which instructs the run.")
    head_sha: str | None = Field(description="The commit that the run is about; null where the subject is none.")
    tree: str = Field(description="The subject's tree.")
    kind: str = Field("commit", description="`commit`, `index` or `worktree`.")
    old_tree: str = Field("", description="The tree that the change starts from.")
    parent_sha: str = Field("", description="The commit that was checked out.")
    branch: str | None = Field(None, description="The branch, where there is one.")


class Run(_Part):
    """When, where, by whom, and what it came to; null where a desk has no such thing."""

    id: str = Field(description="Id of the run, the name of its folder.")
    name: str = Field(description="The workflow of proposer.toml.")
    timestamp_utc: str = Field(description="When it began (RFC 3339, UTC).")
    started_at: str = Field(description="The same.")
    finished_at: str = Field(description="When it ended.")
    runner: str = Field(description="`workstation`, `github-actions`, `gitlab-ci` or `ci`.")
    job_id: str | None = Field(description="Id of the CI job.")
    workflow: str | None = Field(description="The workflow of CI.")
    actor: str | None = Field(description="Who started the job, as CI says.")
    repo: str | None = Field(description="The repository's name on its forge.")
    git: GitPart
    outcome: str = Field(description="What the run came to, one of the outcomes.")
    fingerprint: str = Field(description="Equal where subject, base, lock, prompt and provider were equal.")
    unlocked: bool = Field(description="Whether files of the working tree were used whatever the lock says.")
    lock_from: str = Field(description="Where lock and instructions came from: `base` or `worktree`.")
    replay_of: str | None = Field(
        None, description="The run whose recording answered; such a run asked no model and counts in no metric."
    )


class Inputs(_Part):
    """Everything that instructed the run, by SHA-256; null where there was no such file."""

    prompt_file: str | None = Field(description="Path of the workflow's prompt.")
    prompt_sha256: str | None = Field(description="Its digest.")
    agents_md_sha256: str | None = Field(description="The chain of AGENTS.md files, as Codex reads it.")
    rules_sha256: str | None = Field(description="All files below .codex/rules/, as canonical JSON of path and digest.")
    skills_sha256: str | None = Field(description="All files below .agents/skills/, likewise.")
    output_schema_file: str | None = Field(description="Path of the answer's schema.")
    schema_sha256: str | None = Field(description="Its digest.")
    config_sha256: str | None = Field(
        description="Codex's configuration as rendered, with names for the places of this machine."
    )
    lock_sha256: str | None = Field(description="codex.lock.")
    diff_sha256: str | None = Field(description="The change as the prompt shows it.")
    untrusted: list[dict[str, str]] = Field(
        description="Texts that came along: `name`, `raw_sha256`, `cleaned_sha256`, never the text; `failure` is the "
        "signature of the failure that was to be mended."
    )
    provider_sha256: str | None = Field(description="The script or recording that answered.")


class Policy(_Part):
    """What the run was allowed to do."""

    sandbox: str = Field(description="`read-only` or `workspace-write`.")
    approval_policy: str = Field("never", description="What Codex does where the sandbox says no.")
    network_access: bool = Field(False, description="Whether commands of the model reached the network.")
    shell: bool = Field(description="Whether the model had a shell.")
    limits: dict[str, int | float] = Field(
        {}, description="`[limits]` of the base's settings; empty where they were not read."
    )


class Outputs(_Part):
    """What it left."""

    final_message_file: str | None = Field(description="The answer; null where there is none.")
    jsonl_log_file: str = Field(description="Codex's events.")
    log_schema: str = Field("", description="Format of log.json.")
    files_changed: list[str] = Field(description="Files that were written in the stage.")
    files_ignored: list[str] = Field([], description="Files written there that the subject's ignore files hide.")
    artifacts_sha256: dict[str, str] = Field(
        description="Every file of the record but record.json and the statements, redacted, by name."
    )


class Document(_Part):
    """record.json: the design's provenance document, extended."""

    schema_version: str = Field("1.0", description="Version of this shape.")
    tool: Tool
    run: Run
    inputs: Inputs
    policy: Policy
    outputs: Outputs
    result: dict[str, Any] = Field(
        description="What the report says (message, findings, reasons, usage, seconds, ...), and `redactions`: how "
        "many values are masked."
    )
