"""The actions that the template uses: which commit is which version, and which inputs each knows.

No linter sees an input that an action pinned by commit does not have (the runner warns, and goes on without it), nor a
version in a comment that is not the commit's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proposer.upkeep.workflowfile import Step, WorkflowFile

__all__ = ["CODEX_ACTION", "KNOWN", "Action", "faults_of"]

_PINNED = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+@([0-9a-f]{40})")
_VERSION = re.compile(r"v[0-9]+(?:\.[0-9]+){1,2}")
CODEX_ACTION = "openai/codex-action"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One release of an action."""

    version: str
    commit: str
    inputs: frozenset[str]


def _action(version: str, commit: str, inputs: str) -> Action:
    return Action(version=version, commit=commit, inputs=frozenset(inputs.split()))


KNOWN = {
    "actions/checkout": _action(
        "v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1",
        "repository ref token ssh-key ssh-known-hosts ssh-strict ssh-user persist-credentials path clean filter"
        " sparse-checkout sparse-checkout-cone-mode fetch-depth fetch-tags show-progress lfs submodules"
        " set-safe-directory github-server-url",
    ),
    "actions/setup-python": _action(
        "v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97",
        "python-version python-version-file cache architecture check-latest token cache-dependency-path"
        " update-environment allow-prereleases freethreaded pip-version pip-install",
    ),
    "actions/setup-node": _action(
        "v7.0.0", "820762786026740c76f36085b0efc47a31fe5020",
        "node-version node-version-file architecture check-latest registry-url scope token cache"
        " package-manager-cache cache-dependency-path mirror mirror-token",
    ),
    "actions/upload-artifact": _action(
        "v7.0.0", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
        "name path if-no-files-found retention-days compression-level overwrite include-hidden-files archive",
    ),
    "actions/download-artifact": _action(
        "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
        "name artifact-ids path pattern merge-multiple github-token repository run-id skip-decompress digest-mismatch",
    ),
    "actions/attest": _action(
        "v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6",
        "subject-path subject-digest subject-name subject-checksums sbom-path predicate-type predicate predicate-path"
        " push-to-registry create-storage-record show-summary github-token",
    ),
    CODEX_ACTION: _action(
        "v1.8", "e0fdf01220eb9a88167c4898839d273e3f2609d1",
        "prompt prompt-file output-file openai-api-key responses-api-endpoint working-directory sandbox codex-version"
        " codex-args output-schema output-schema-file model effort codex-home safety-strategy codex-user allow-users"
        " allow-bots allow-bot-users",
    ),
}  # fmt: skip
"""Releases by the name of their action."""

_BROKER = frozenset({"openai-api-key", "codex-version", "codex-home", "safety-strategy"})
"""Inputs of codex-action that start its key broker and nothing else: our own run does the asking."""


def faults_of(file: WorkflowFile, step: Step) -> Iterator[str]:
    """Yield what is wrong with the action of a step."""
    match = _PINNED.fullmatch(step.uses)
    if not match:
        yield f"{step.uses} is not pinned by the 40 digits of a commit"
        return
    comments = list(file.comments("uses", step.uses))
    version = next(iter(comments), "").split(" ")[0]
    if len(set(comments)) != 1 or not _VERSION.fullmatch(version):
        yield f"{step.uses} has no comment that says its version"
    known = KNOWN.get(step.action)
    if known is None:
        return
    if (version == known.version) != (match[1] == known.commit):
        yield f"{step.action} {version or 'without a version'} is not the commit {match[1][:12]}"
    if match[1] == known.commit and (unknown := sorted(set(step.inputs) - known.inputs)):
        yield f"{step.action} {known.version} knows no input {unknown[0]}"
    if step.action == CODEX_ACTION:
        yield from _broker(step)


def _broker(step: Step) -> Iterator[str]:
    if more := sorted(set(step.inputs) - _BROKER):
        yield f"{CODEX_ACTION} is given {more[0]}: it may start the key broker, and nothing else"
    if missing := sorted(_BROKER - set(step.inputs)):
        yield f"{CODEX_ACTION} is not given {missing[0]}"
    if (strategy := step.inputs.get("safety-strategy")) not in (None, "drop-sudo"):
        yield f"{CODEX_ACTION} has the safety strategy {strategy}; only drop-sudo keeps the key from the job's user"
