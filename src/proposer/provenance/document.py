"""record.json: the provenance document of a run, its shape and nothing else."""

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Document", "GitPart", "Inputs", "Outputs", "Policy", "Run", "Tool"]


class _Part(BaseModel):
    """A part of record.json; the shape is documented in docs/reference/documents.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tool(_Part):
    """What ran."""

    name: str = "codex-cli"
    pinned_cli_version: str
    model: str
    effort: str
    profile: str
    codex_sha256: str
    codex_reference: str
    proposer_version: str
    provider: str


class GitPart(_Part):
    """The commits; `head_sha` is null where the subject is not a commit, `tree` is always there.

    `kind` is `commit`, `index` or `worktree`; `old_tree` is the tree that the change starts from, `parent_sha` the
    commit that was checked out, `branch` the branch where there is one.
    """

    base_sha: str
    head_sha: str | None
    tree: str
    kind: str = "commit"
    old_tree: str = ""
    parent_sha: str = ""
    branch: str | None = None


class Run(_Part):
    """When, where, by whom, and what it came to; null where a desk has no such thing.

    `replay_of` is the run whose recording answered; such a run asked no model and counts in no metric.
    """

    id: str
    name: str
    timestamp_utc: str
    started_at: str
    finished_at: str
    runner: str
    job_id: str | None
    workflow: str | None
    actor: str | None
    repo: str | None
    git: GitPart
    outcome: str
    fingerprint: str
    unlocked: bool
    lock_from: str
    replay_of: str | None = None


class Inputs(_Part):
    """Digests (hexadecimal SHA-256) of everything that instructed the run; null where there was no such file."""

    prompt_file: str | None
    prompt_sha256: str | None
    agents_md_sha256: str | None
    rules_sha256: str | None
    skills_sha256: str | None
    output_schema_file: str | None
    schema_sha256: str | None
    config_sha256: str | None
    lock_sha256: str | None
    diff_sha256: str | None
    untrusted: list[dict[str, str]]
    provider_sha256: str | None


class Policy(_Part):
    """What the run was allowed to do; `limits` are those of the base's settings, empty where they were not read."""

    sandbox: str
    approval_policy: str = "never"
    network_access: bool = False
    shell: bool
    limits: dict[str, int | float] = {}


class Outputs(_Part):
    """What it left: every file of the record but itself and the statements.

    `files_ignored` are files that were written in the stage and that the subject's ignore files hide; `log_schema` is
    the format of `log.json`.
    """

    final_message_file: str | None
    jsonl_log_file: str
    log_schema: str = ""
    files_changed: list[str]
    files_ignored: list[str] = []
    artifacts_sha256: dict[str, str]


class Document(_Part):
    """record.json: the design's provenance document, extended."""

    schema_version: str = "1.0"
    tool: Tool
    run: Run
    inputs: Inputs
    policy: Policy
    outputs: Outputs
    result: dict[str, Any]
