"""A GitLab pipeline, read for what its jobs check, and which of them get at variables of an environment."""

from typing import Any

from proposer.upkeep import commands, yamltree
from proposer.upkeep.job import Check, Job, Pipeline
from proposer.upkeep.yamltree import items, table, texts

__all__ = ["read"]

_WHEN = ("rules", "only", "except", "when")
_MOST_PARENTS = 11
"""GitLab follows `extends` no further."""


def read(data: bytes) -> Pipeline:
    """Read a pipeline: every table with a script is a job. Nothing in it limits a token or pins an action.

    Raises:
        ValueError: not YAML of a sensible size.
    """
    document = yamltree.load(data)
    result = Pipeline(permissions={})
    usual: dict[str, Any] = {key: document[key] for key in ("image", "before_script") if key in document}
    usual |= table(document.get("default"))
    for name, body in document.items():
        whole = {**usual, **_extended(document, body, _MOST_PARENTS)}
        if isinstance(body, dict) and not name.startswith(".") and "script" in whole:
            result.jobs[name] = _job(name, whole)
    return result


def _extended(document: dict[str, Any], body: Any, depth: int) -> dict[str, Any]:
    """Return a job with what it takes over from others (`extends`): the last one counts most, its own still more."""
    whole: dict[str, Any] = {}
    for parent in items(table(body).get("extends")) if depth else ():
        whole |= _extended(document, document.get(str(parent)), depth - 1)
    return {**whole, **table(body)}


def _job(name: str, body: dict[str, Any]) -> Job:
    needs = {str(one.get("job", "")) if isinstance(one, dict) else str(one) for one in items(body.get("needs"))}
    job = Job(name=name, permissions={}, needs=needs - {""}, limited=True)
    told = body.get("environment")
    environment = str(table(told).get("name", "") if isinstance(told, dict) else told or "")
    if environment:  # variables of an environment are where keys and tokens are
        job.secrets[f"environment {environment}"] = 2
        job.condition = "; ".join(f"{key}: {body[key]}" for key in _WHEN if key in body)
    unless = {f"{key}: {body[key]}" for key in _WHEN if key in body}
    failing = body.get("allow_failure", "false")
    codes = items(table(failing).get("exit_codes"))
    unless |= (
        {f"allow_failure: {code}" for code in codes} if codes else {"allow_failure"} if failing != "false" else set()
    )
    for text in texts([body.get("before_script"), body["script"], body.get("after_script")]):
        job.gates |= commands.gates(text)
        job.checks += [
            Check(command=one, events=frozenset(), unless=frozenset(unless)) for one in commands.checks(text)
        ]
    job.runners = {str(one) for one in items(body.get("tags"))}
    image = body.get("image")
    name_of = str(table(image).get("name", "") if isinstance(image, dict) else image or "")
    job.pin(f"docker://{name_of}" if name_of else "")
    return job
