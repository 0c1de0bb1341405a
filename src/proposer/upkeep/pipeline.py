"""One CI file, read for what it may do and what it checks: GitHub workflows, composite actions, GitLab pipelines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from proposer.upkeep import commands

__all__ = ["EVERYTHING", "Check", "Job", "Pipeline", "is_pipeline", "read"]

EVERYTHING = "*"
"""Stands for all scopes of a token, or for all secrets."""
LEVELS = ("none", "read", "write")
_PLACES = re.compile(r"\.github/workflows/[^/]+\.ya?ml|(.*/)?action\.ya?ml|\.gitlab-ci\.yml|\.gitlab/.+\.ya?ml")
_SECRET = re.compile(r"\bsecrets\b\s*(?:\.\s*([A-Za-z_][\w-]*)|\[\s*['\"]([\w-]+)['\"]\s*\])?", re.IGNORECASE)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_GATE = re.compile(r"codeql|dependency-review|zizmor|pre-commit|scorecard|gitleaks|trufflehog|semgrep|trivy|actionlint")
"""Actions that judge a change by themselves."""
_LARGEST = 1_000_000
_MOST_NODES = 100_000


@dataclass(frozen=True, kw_only=True)
class Check:
    """A command that judges a change: the events it runs on, and what can keep it from running or failing."""

    command: str
    events: frozenset[str]
    unless: frozenset[str]


@dataclass(kw_only=True)
class Job:
    """One job. `permissions` is None where nothing limits its token; `secrets` maps names to how far they are seen."""

    name: str
    permissions: dict[str, str] | None = None
    secrets: dict[str, int] = field(default_factory=dict)
    unpinned: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    condition: str = ""
    environment: str = ""
    runners: set[str] = field(default_factory=set)
    limited: bool = False
    leaves_token: int = 0
    risky: set[str] = field(default_factory=set)
    checks: list[Check] = field(default_factory=list)
    gates: set[str] = field(default_factory=set)

    @property
    def trusted(self) -> bool:
        """Whether it has what an attacker wants: a secret, or a token that writes."""
        return bool(self.secrets) or self.permissions is None or "write" in self.permissions.values()


@dataclass(kw_only=True)
class Pipeline:
    """A whole file. `permissions` is what a job gets that says nothing itself; None: no limit."""

    permissions: dict[str, str] | None = None
    events: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)


def is_pipeline(path: str) -> bool:
    """Tell whether a path is that of a CI file."""
    return _PLACES.fullmatch(path) is not None


def read(path: str, data: bytes) -> Pipeline:
    """Read a CI file.

    Raises:
        ValueError: not YAML of a sensible size, or not of the form that its place asks for.
    """
    if len(data) > _LARGEST:
        raise ValueError(f"has more than {_LARGEST} bytes")
    try:
        # BaseLoader makes text, lists and tables, nothing else: `on` stays `on`.
        document = yaml.load(data.decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"is not YAML: {str(error).partition(chr(10))[0][:120]}") from error
    if not isinstance(document, dict):
        raise ValueError("holds no table")  # noqa: TRY004 - one kind of error for a bad file
    _limit(document)
    if "gitlab" in path:
        return _gitlab(document)
    if not path.startswith(".github/workflows/"):
        steps = _table(document.get("runs")).get("steps")
        return Pipeline(permissions={}, jobs={"runs": _job("runs", {"steps": steps or []}, {}, {}, {})})
    if not isinstance(document.get("jobs"), dict):
        raise ValueError("has no jobs")  # noqa: TRY004 - the same
    return _github(document)


def _limit(document: Any) -> None:
    """Refuse a tree that aliases blow up: it is walked as if each alias were written out."""
    seen, waiting = 0, [document]
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen > _MOST_NODES:
            raise ValueError(f"has more than {_MOST_NODES} values")
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _github(document: dict[str, Any]) -> Pipeline:
    events = document.get("on")
    named = events if isinstance(events, dict) else {str(one): {} for one in _list(events)}
    result = Pipeline(permissions=_permissions(document.get("permissions")), events=named)
    everywhere = _secrets(document.get("env"), 3)
    for name, body in document["jobs"].items():
        table = _table(body)
        own = _permissions(table["permissions"]) if "permissions" in table else result.permissions
        job = _job(name, table, everywhere, named, _table(document.get("defaults")))
        job.permissions = own
        result.jobs[name] = job
    return result


def _permissions(value: Any) -> dict[str, str] | None:
    """Return the level of each scope; a word such as `read-all` stands under `*`."""
    if value is None or value == "write-all":
        return None
    if value == "read-all":
        return {EVERYTHING: "read"}
    return {str(scope): level if level in LEVELS else "write" for scope, level in _table(value).items()}


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _secrets(value: Any, reach: int, *, bare: bool = False) -> dict[str, int]:
    """Return the names of secrets in expressions; `GITHUB_TOKEN` is limited by permissions, and counts for none."""
    found = {}
    for text in _texts(value):
        for part in [text] if bare else _EXPRESSION.findall(text):
            for match in _SECRET.finditer(part):
                name = (match[1] or match[2] or EVERYTHING).upper()
                if name != "GITHUB_TOKEN":
                    found[name] = reach
    return found


def _job(name: str, body: dict[str, Any], everywhere: Mapping[str, int], events: Mapping[str, Any],
         defaults: Mapping[str, Any]) -> Job:  # fmt: skip
    steps = [one for one in _list(body.get("steps")) if isinstance(one, dict)]
    job = Job(name=name, condition=str(body.get("if", "")), needs={str(one) for one in _list(body.get("needs"))})
    job.secrets = {
        **_secrets(steps, 1), **_secrets([step.get("if") for step in steps], 1, bare=True),
        **_secrets({key: value for key, value in body.items() if key != "steps"}, 2), **everywhere,
    }  # fmt: skip
    if body.get("secrets") == "inherit":
        job.secrets[EVERYTHING] = 2
    environment = body.get("environment")
    job.environment = str(_table(environment).get("name", "")) if isinstance(environment, dict) else environment or ""
    runs_on = body.get("runs-on")
    job.runners = {str(one) for one in _list(_table(runs_on).get("labels") if isinstance(runs_on, dict) else runs_on)}
    job.limited = "timeout-minutes" in body or "uses" in body
    for uses in [body.get("uses"), *(step.get("uses") for step in steps)]:
        _pin(job, str(uses or ""))
    for image in (body.get("container"), *_table(body.get("services")).values()):
        text = str(_table(image).get("image", "") if isinstance(image, dict) else image or "")
        _pin(job, f"docker://{text}" if text else "")
    for step in steps:
        _step(job, body, step, events, defaults)
    return job


def _pin(job: Job, uses: str) -> None:
    if not uses or uses.startswith("./"):
        return
    name, _, reference = uses.rpartition("@")
    good = reference.startswith("sha256:") if uses.startswith("docker://") else _SHA.fullmatch(reference) is not None
    bare = name or uses
    (job.pinned if good else job.unpinned).add(re.sub(r":[^/]*$", "", bare) if bare.startswith("docker://") else bare)


def _step(job: Job, body: Mapping[str, Any], step: Mapping[str, Any], events: Mapping[str, Any],
          defaults: Mapping[str, Any]) -> None:  # fmt: skip
    uses, given = str(step.get("uses", "")).partition("@")[0].casefold(), _table(step.get("with"))
    if uses == "actions/checkout" and str(given.get("persist-credentials", "true")).casefold() != "false":
        job.leaves_token += 1
    for key, bad in (("safety-strategy", "unsafe"), ("sandbox", "danger-full-access"), ("allow-bots", "true")):
        if str(given.get(key, "")).casefold() == bad:
            job.risky.add(f"{key}: {bad}")
    if "*" in str(given.get("allow-users", "")):
        job.risky.add('allow-users: "*"')
    unless = {f"if: {_plain(one)}" for one in (body.get("if"), step.get("if")) if one}
    unless |= {"continue-on-error" for one in (body, step) if str(one.get("continue-on-error", "false")) != "false"}
    shell = step.get("shell") or _table(body.get("defaults")).get("run") or defaults.get("run")
    unless |= {f"shell: {shell}"} if shell and shell != "bash" else set()
    told = [*commands.checks(str(step.get("run", "")))]
    if shell == "bash":  # GitHub starts it with pipefail, so a `tee` hides no failure
        told = [commands.untied(command) for command in told]
    job.gates |= commands.gates(str(step.get("run", "")))
    told += [f"uses {uses}"] if _GATE.search(uses) else []
    for command in told:
        job.checks.append(Check(command=command, events=frozenset(events), unless=frozenset(unless)))


def _plain(text: Any) -> str:
    """Return a condition without `${{ }}` and doubled spaces."""
    return " ".join(re.sub(r"^\$\{\{(.*)\}\}$", r"\1", str(text).strip(), flags=re.DOTALL).split())


def _gitlab(document: dict[str, Any]) -> Pipeline:
    """Read a GitLab pipeline: every table with a script is a job; there are no permissions and no pinned actions."""
    result = Pipeline(permissions={})
    shared = [*_list(document.get("before_script")), *_list(_table(document.get("default")).get("before_script"))]
    for name, body in document.items():
        if not isinstance(body, dict) or "script" not in body:
            continue
        job = Job(name=name, permissions={}, needs={str(one) for one in _list(body.get("needs"))}, limited=True)
        unless = {key for key in ("allow_failure",) if str(body.get(key, "false")) != "false"}
        unless |= {f"{key}: {body[key]}" for key in ("rules", "only", "except", "when") if key in body}
        for text in _texts([shared, body["script"]]):
            job.gates |= commands.gates(text)
            job.checks += [
                Check(command=one, events=frozenset(), unless=frozenset(unless)) for one in commands.checks(text)
            ]
        image = body.get("image") or document.get("image") or _table(document.get("default")).get("image")
        text = str(_table(image).get("name", "") if isinstance(image, dict) else image or "")
        _pin(job, f"docker://{text}" if text else "")
        result.jobs[name] = job
    return result
