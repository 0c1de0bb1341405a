"""Whether a job can publish what its level promises, as far as the job can see: for `inv codex.doctor --ci`."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proposer.errors import ProposerError, UsageError
from proposer.git import Git
from proposer.publish.github import WORKFLOW_BOT
from proposer.publish.level import allows, rules_of
from proposer.publish.site import Target, site_of

__all__ = ["Finding", "findings"]

_APP = "give the job that publishes the token of a GitHub App, or close and reopen each of its pull requests"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; without a hint it is as it must be."""

    detail: str
    hint: str = ""


def findings(git: Git, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is to be said about the level and the token.

    Args:
        git: of the repository, whose HEAD is looked at.
        environment: of the job; with a token in it, and a level that opens pull requests, the forge is asked whose.
    """
    try:
        rules = rules_of(git, git.text("rev-parse", "HEAD"))
    except UsageError as error:
        yield Finding(detail=error.message, hint=error.hint)
        return
    target: Target = "gitlab" if environment.get("GITLAB_CI") == "true" else "github"
    name = "GITLAB_TOKEN" if target == "gitlab" else "GITHUB_TOKEN"
    level = f"automation level {rules.level}"
    if not allows(rules.level, "comment"):
        yield Finding(detail=f"{level}: nothing is published")
        return
    if not environment.get(name):
        yield Finding(detail=f"{level}; this step has no {name}, so what it may do was not looked at")
        return
    if not allows(rules.level, "propose") or target == "gitlab":
        yield Finding(detail=f"{level}, with a {name}")
        return
    try:
        site = site_of(target, environment, git)
        author = site.forge(site.wire(1.0), time.sleep).author()
    except ProposerError as error:
        yield Finding(detail=f"{level}: whose the token is cannot be seen: {error.message}", hint=error.hint)
        return
    if author == WORKFLOW_BOT:
        yield Finding(detail=f"{level}: no checks start on pull requests that the token of a job opens", hint=_APP)
    else:
        yield Finding(detail=f"{level}: the token is of account {author}, and checks start on what it opens")
