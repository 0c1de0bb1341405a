"""The contract of CI jobs: what a workflow must keep for the trust boundary to hold, checked on the parsed file.

Linters look at the syntax and at common mistakes. These rules say what jobs may do in this design
(`docs/how-to/ci.md`): what asks a model has the key and may write nothing; what writes knows no key and no code of the
change.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from proposer.upkeep import identity
from proposer.upkeep.actions import CODEX_ACTION, faults_of
from proposer.upkeep.workflowfile import Job, Step, WorkflowFile, expressions, read

__all__ = ["ASKING", "faults"]

ASKING = ("propose", "autofix")
"""Names of jobs that may have the key."""

_TRIGGERS = frozenset({"push", "pull_request", "schedule", "workflow_dispatch", "merge_group", "release"})
_SECRET = re.compile(r"\bsecrets\b")
_NAMED = re.compile(r"\bsecrets\.([A-Za-z_]\w*)")
_KEY = "OPENAI_API_KEY"
_BASE = re.compile(r"\$\{\{ github\.event\.pull_request\.base\.sha(?: \|\| github\.sha)? \}\}")
_ADMITTED = "steps.admit.outputs.run == 'true'"
_LEDGER = "HEAD:refs/heads/codex/ledger"
_PUSH = re.compile(r"\bpush\b")
_FORGED = re.compile(r"GITHUB_(?:ENV|PATH)\b")
_CACHES = ("actions/cache", "actions/cache/restore", "actions/cache/save")
_TALKING = ("prompt", "prompt-file", "codex-args", "script", "body", "commit-message")
_LONGEST = 90
_MARGIN = 5
"""Minutes that a job must have beside the run, to install and to report."""
_WALL = 900


def faults(path: Path) -> list[str]:
    """Return one sentence for each rule that a workflow, or a folder of them, breaks; empty: it keeps all.

    Args:
        path: a file, or a folder whose `.yml` and `.yaml` files are looked at. The nearest `proposer.toml` above it
            says how long a run may take.

    Raises:
        UsageError: a file cannot be read, or holds a key twice.
    """
    files = sorted(file for file in path.iterdir() if file.suffix in (".yml", ".yaml")) if path.is_dir() else [path]
    wall = _wall(path)
    return [f"{file.path.name}: {row}" for file in map(read, files) for row in _of_file(file, wall)]


def _wall(path: Path) -> int:
    """Return how many seconds a run may take, from the settings beside the workflows."""
    for folder in path.resolve().parents:
        if (folder / "proposer.toml").is_file():
            limits = tomllib.loads((folder / "proposer.toml").read_text(encoding="utf-8")).get("limits", {})
            return int(limits.get("wall_seconds", _WALL))
    return _WALL


def _of_file(file: WorkflowFile, wall: int) -> Iterator[str]:
    if file.data.get("permissions") != {}:
        yield "permissions at the top are not {}"
    for trigger in sorted(set(file.triggers) - _TRIGGERS):
        yield f"it is triggered by {trigger}, which is not among {', '.join(sorted(_TRIGGERS))}"
    if not file.triggers:
        yield "nothing triggers it"
    yield from _concurrency(file)
    if any(_SECRET.search(text) for text in expressions({k: v for k, v in file.data.items() if k != "jobs"})):
        yield "a secret is used outside of a step"
    for job in file.jobs:
        yield from (f"job {job.name}: {row}" for rule in _JOB for row in rule(file, job))
        yield from (f"job {job.name}: {row}" for row in _timeout(job, wall))
        for step in job.steps:
            yield from (f"job {job.name}, {step.name}: {row}" for rule in _STEP for row in rule(file, job, step))


def _concurrency(file: WorkflowFile) -> Iterator[str]:
    given = file.data.get("concurrency")
    group = str(given.get("group", "")) if isinstance(given, dict) else str(given or "")
    if not group:
        yield "there is no concurrency group"
    elif file.sees_changes and not any("github.event.pull_request.number" in text or "github.ref" in text
                                       for text in expressions(group)):  # fmt: skip
        yield "the concurrency group is not one for each pull request"


def _permissions(file: WorkflowFile, job: Job) -> Iterator[str]:
    if job.permissions is None:
        yield "it does not list its permissions"
        return
    for scope, value in job.permissions.items():
        if value not in ("read", "write", "none"):
            yield f"{scope}: {value} is no permission"
        if value != "none" and not all(file.comments(scope, value)):
            yield f"{scope}: {value} has no comment that says what for"


def _timeout(job: Job, wall: int) -> Iterator[str]:
    minutes = job.data.get("timeout-minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= _LONGEST:
        yield f"it has no timeout of at most {_LONGEST} minutes"
    elif _asks(job) and minutes < wall / 60 + _MARGIN:
        yield f"it ends after {minutes} minutes, before a run of {wall} seconds can report"


def _secrets(_file: WorkflowFile, job: Job) -> Iterator[str]:
    if "secrets" in job.data:
        yield "it hands secrets on to another workflow"
    outside = {key: value for key, value in job.data.items() if key != "steps"}
    if any(_SECRET.search(text) for text in expressions(outside)):
        yield "a secret is used outside of a step"
    if not _asks(job):
        return
    if job.name not in ASKING:
        yield f"it uses a secret; only {' and '.join(ASKING)} may"
    if not job.data.get("environment"):
        yield "it uses a secret without an environment that holds it"
    if job.writes:
        yield f"it uses a secret, and may write {', '.join(job.writes)}"
    if not any(step.data.get("id") == "admit" and not step.uses for step in job.steps):
        yield "no step `admit` decides whether it may ask"
    if not any(_keeps(step) for step in job.steps):
        yield "no step keeps the record whatever happens"


def _keeps(step: Step) -> bool:
    path = str(step.inputs.get("path", ""))
    always = step.data.get("if") == "always()"
    return step.action == "actions/upload-artifact" and ".proposer/runs/" in path and always


def _boundary(file: WorkflowFile, job: Job) -> Iterator[str]:
    """Yield what lets a change act where there is a key or a right to write."""
    if not file.sees_changes or not (_asks(job) or job.writes):
        return
    for step in job.steps:
        if step.action == "actions/checkout" and not _BASE.fullmatch(str(step.inputs.get("ref", ""))):
            yield f"{step.name}: it checks out what it looks at, not the base"
        if re.search(r"\bgit\s+(?:checkout|switch|reset|merge|pull|worktree|apply|am)\b", step.run):
            yield f"{step.name}: it changes what is checked out"
        if job.writes and re.search(r"\b(?:nox|pytest|codex\.(?!admit|publish)[a-z-]+)\b", step.run):
            yield f"{step.name}: a job that may write does more than to publish"
    if identity.SCOPES.intersection(job.writes):
        yield from identity.faults(job)
    elif job.writes:
        yield from _publishing(job)


def _publishing(job: Job) -> Iterator[str]:
    posts = [step for step in job.steps if "codex.publish" in step.run]
    if not posts:
        yield f"it may write {', '.join(job.writes)}, and publishes no record"
    for step in posts:
        digest = str(step.env.get("DIGEST", ""))
        if '--digest "$DIGEST"' not in step.run or not re.fullmatch(r"\$\{\{ needs\.\w+\.outputs\.digest \}\}", digest):
            yield f"{step.name}: it takes another record than the one whose digest was handed over"


def _pushing(file: WorkflowFile, job: Job) -> Iterator[str]:
    """Yield what a workflow pushes beside the one branch that holds records."""
    pushes = [line for step in job.steps for line in _joined(step.run) if "git" in line and _PUSH.search(line)]
    for line in pushes:
        words = line.split()
        if words[-1] != _LEDGER or "--force" in line or "-f" in words or any(word.startswith("+") for word in words):
            yield f"it pushes: {line}"
        elif file.sees_changes or "push" in file.triggers or _asks(job):
            yield "it pushes, and runs on changes or has a key"
    if job.permissions and job.permissions.get("contents") == "write" and not file.sees_changes and not pushes:
        yield "it may write contents, and pushes nothing"


def _joined(script: str) -> list[str]:
    return [" ".join(line.split()) for line in script.replace("\\\n", " ").splitlines()]


def _action(file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    if step.uses:
        yield from faults_of(file, step)


def _script(_file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    if any(True for _ in expressions(step.run)):
        yield "an expression stands in its script; hand it over in env"
    for name in _TALKING:
        if any(True for _ in expressions(step.inputs.get(name))):
            yield f"an expression stands in {name}"
    if _FORGED.search(step.run):
        yield "its script writes variables or paths for the steps after it"


def _credentials(_file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    if step.action == "actions/checkout" and step.inputs.get("persist-credentials") is not False:
        yield "it leaves the token in .git/config; set persist-credentials: false"


def _caching(file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    if not file.sees_changes:
        return
    if step.action in _CACHES or step.inputs.get("cache") or step.inputs.get("enable-cache"):
        yield "it writes a cache where a change runs"
    if step.action == "actions/setup-node" and step.inputs.get("package-manager-cache") is not False:
        yield "it writes a cache by default; set package-manager-cache: false"


def _retention(_file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    if step.action == "actions/upload-artifact" and not isinstance(step.inputs.get("retention-days"), int):
        yield "it does not say for how long the upload is kept"


def _keyed(_file: WorkflowFile, _job: Job, step: Step) -> Iterator[str]:
    """Yield where a step gets a secret that it should not have, or too early."""
    used = [text for text in expressions(dict(step.data)) if _SECRET.search(text)]
    if not used:
        return
    names = {name for text in used for name in _NAMED.findall(text)}
    if (
        names != {_KEY}
        or any(_SECRET.sub("", text).count("secrets") for text in used)
        or not all(map(_NAMED.search, used))
    ):
        yield f"it uses another secret than {_KEY}, or all of them"
    if step.data.get("id") == "admit":
        if any(text == f"secrets.{_KEY}" for text in used):
            yield "it gets the key itself to see whether there is one"
        return
    if step.action not in ("", CODEX_ACTION):
        yield f"{step.action} gets the key"
    if _ADMITTED not in str(step.data.get("if", "")):
        yield "it gets the key before it was decided that it may"


_JOB: tuple[Callable[[WorkflowFile, Job], Iterator[str]], ...] = (_permissions, _secrets, _boundary, _pushing)
_STEP: tuple[Callable[[WorkflowFile, Job, Step], Iterator[str]], ...] = (
    _action, _script, _credentials, _caching, _retention, _keyed,
)  # fmt: skip


def _asks(job: Job) -> bool:
    """Tell whether a job has a secret."""
    return any(_SECRET.search(text) for text in expressions(dict(job.data)))
