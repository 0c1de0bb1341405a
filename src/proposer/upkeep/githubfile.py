"""A GitHub workflow, or an action made of steps, read for what its jobs may do and what they check."""

import re
from collections.abc import Mapping
from typing import Any

from proposer.upkeep import commands, yamltree
from proposer.upkeep.job import EVERYTHING, LEVELS, Check, Job, Pipeline
from proposer.upkeep.yamltree import items, table, texts

__all__ = ["composite", "read"]

_SECRET = re.compile(r"\bsecrets\b\s*(?:\.\s*([A-Za-z_][\w-]*)|\[\s*['\"]([\w-]+)['\"]\s*\])?", re.IGNORECASE)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_GATE = re.compile(r"codeql|dependency-review|zizmor|pre-commit|scorecard|gitleaks|trufflehog|semgrep|trivy|actionlint")
"""Actions that judge a change by themselves."""


def read(data: bytes) -> Pipeline:
    """Read a workflow.

    Raises:
        ValueError: not YAML of a sensible size, or no workflow.
    """
    document = yamltree.load(data)
    if not isinstance(document.get("jobs"), dict):
        raise ValueError("has no jobs")  # noqa: TRY004 - one kind of error for a bad file
    return _github(document)


def composite(data: bytes) -> Pipeline:
    """Read an action that is made of steps (`action.yml`), as a file with one job.

    Raises:
        ValueError: not YAML of a sensible size.
    """
    steps = table(yamltree.load(data).get("runs")).get("steps")
    return Pipeline(permissions={}, jobs={"runs": _job("runs", {"steps": steps or []}, {}, {}, {})})


def _github(document: dict[str, Any]) -> Pipeline:
    events = document.get("on")
    named = events if isinstance(events, dict) else {str(one): {} for one in items(events)}
    result = Pipeline(permissions=_permissions(document.get("permissions")), events=named)
    everywhere = _secrets(document.get("env"), 3)
    for name, body in document["jobs"].items():
        told = table(body)
        own = _permissions(told["permissions"]) if "permissions" in told else result.permissions
        job = _job(name, told, everywhere, named, table(document.get("defaults")))
        job.permissions = own
        result.jobs[name] = job
    return result


def _permissions(value: Any) -> dict[str, str] | None:
    """Return the level of each scope; a word such as `read-all` stands under `*`."""
    if value is None or value == "write-all":
        return None
    if value == "read-all":
        return {EVERYTHING: "read"}
    return {str(scope): level if level in LEVELS else "write" for scope, level in table(value).items()}


def _secrets(value: Any, reach: int, *, bare: bool = False) -> dict[str, int]:
    """Return the names of secrets in expressions; `GITHUB_TOKEN` is limited by permissions, and counts for none."""
    found = {}
    for text in texts(value):
        for part in [text] if bare else _EXPRESSION.findall(text):
            for match in _SECRET.finditer(part):
                name = (match[1] or match[2] or EVERYTHING).upper()
                if name != "GITHUB_TOKEN":
                    found[name] = reach
    return found


def _job(name: str, body: dict[str, Any], everywhere: Mapping[str, int], events: Mapping[str, Any],
         defaults: Mapping[str, Any]) -> Job:  # fmt: skip
    steps = [one for one in items(body.get("steps")) if isinstance(one, dict)]
    job = Job(name=name, condition=str(body.get("if", "")), needs={str(one) for one in items(body.get("needs"))})
    job.secrets = {
        **_secrets(steps, 1), **_secrets([step.get("if") for step in steps], 1, bare=True),
        **_secrets({key: value for key, value in body.items() if key != "steps"}, 2), **everywhere,
    }  # fmt: skip
    if body.get("secrets") == "inherit":
        job.secrets[EVERYTHING] = 2
    environment = body.get("environment")
    job.environment = str(table(environment).get("name", "")) if isinstance(environment, dict) else environment or ""
    runs_on = body.get("runs-on")
    named = [*items(table(runs_on).get("labels")), *items(table(runs_on).get("group"))]
    job.runners = {str(one) for one in (named if isinstance(runs_on, dict) else items(runs_on))}
    job.limited = "timeout-minutes" in body or "uses" in body
    for uses in [body.get("uses"), *(step.get("uses") for step in steps)]:
        job.pin(str(uses or ""))
    for image in (body.get("container"), *table(body.get("services")).values()):
        text = str(table(image).get("image", "") if isinstance(image, dict) else image or "")
        job.pin(f"docker://{text}" if text else "")
    for step in steps:
        _step(job, body, step, events, defaults)
    return job


def _step(job: Job, body: Mapping[str, Any], step: Mapping[str, Any], events: Mapping[str, Any],
          defaults: Mapping[str, Any]) -> None:  # fmt: skip
    uses, given = str(step.get("uses", "")).partition("@")[0].casefold(), table(step.get("with"))
    if uses == "actions/checkout" and str(given.get("persist-credentials", "true")).casefold() != "false":
        job.leaves_token += 1
    for key, bad in (("safety-strategy", "unsafe"), ("sandbox", "danger-full-access"), ("allow-bots", "true")):
        if str(given.get(key, "")).casefold() == bad:
            job.risky.add(f"{key}: {bad}")
    if "*" in str(given.get("allow-users", "")):
        job.risky.add('allow-users: "*"')
    unless = {f"if: {_plain(one)}" for one in (body.get("if"), step.get("if")) if one}
    unless |= {"continue-on-error" for one in (body, step) if str(one.get("continue-on-error", "false")) != "false"}
    shell = step.get("shell") or table(body.get("defaults")).get("run") or defaults.get("run")
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
