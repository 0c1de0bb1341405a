"""Whether this job goes on: reads the event, asks the forge what it can, decides, and hands the answer on by files."""

import contextlib
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer import git
from proposer.errors import UsageError
from proposer.git import Git
from proposer.publish import event as events
from proposer.publish import outlet
from proposer.publish.admission import JOBS, Decision, Job, Known, decide, known_key
from proposer.publish.branches import counted
from proposer.publish.event import Event
from proposer.publish.level import rules_of
from proposer.publish.site import Target, site_of
from proposer.publish.wire import ForgeError
from proposer.reports.safe import log_line

__all__ = ["Admission", "admit"]


@dataclass(frozen=True, kw_only=True)
class Admission:
    """A decision about a job, with the commits that it is about."""

    job: Job
    event: Event
    decision: Decision
    level: str

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/admit/v1`)."""
        return {
            "schema": "proposer/admit/v1", "exit": 0, "job": self.job, "run": self.decision.run,
            "reason": self.reason, "level": self.level, "event": self.event.kind, "number": self.event.number,
            "base": self.event.base, "head": self.event.head,
        }  # fmt: skip

    @property
    def reason(self) -> str:
        """Why, in one line that no runner executes."""
        return " ".join(log_line(self.decision.reason).split())

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the step: plain words, object ids, and one line of text."""
        ran = "true" if self.decision.run else "false"
        return {"run": ran, "reason": self.reason, "base": self.event.base, "head": self.event.head}

    def show(self) -> None:
        """Print it for people."""
        sys.stdout.write(f"{self.job}: {'goes on' if self.decision.run else 'skipped'}: {self.reason}\n")


def admit(
    folder: Path, job: str, *, environment: Mapping[str, str], event: Path | None = None, texts: Path | None = None
) -> Admission:
    """Decide whether a job goes on; both answers are a success.

    Args:
        folder: somewhere inside a clone that holds the base commit.
        job: `propose`, `publish` or `autofix`.
        environment: of the job. With GITHUB_TOKEN (GITLAB_TOKEN) the forge is asked for rights, counts and edits.
        event: GitHub's event file; None: the one of the environment.
        texts: file that title and body of the pull request are written to, for `--text`; empty where they were edited
            since, or there are none.

    Raises:
        UsageError: no such job, no event, or the base commit is not in this clone.
    """
    kind = next((name for name in JOBS if name == job), None)
    if kind is None:
        raise UsageError(f"there is no job {job!r}", f"use one of: {', '.join(JOBS)}")
    user = Git(cwd=git.root_of(folder))
    gitlab = event is None and environment.get("GITLAB_CI") == "true"
    target: Target = "gitlab" if gitlab else "github"
    happened = events.read(target, environment, event)
    rules = rules_of(user, happened.base or user.text("rev-parse", "HEAD"))
    decision = decide(happened, kind, rules, _known(target, environment, user, happened, kind))
    result = Admission(job=kind, event=happened, decision=decision, level=rules.level)
    if texts is not None:
        body = f"{decision.title}\n\n{decision.body}".strip()
        outlet.put(texts, f"{body}\n" if body else "")
    outlet.step_outputs(environment, result.outputs())
    if not decision.run:
        outlet.append_summary(environment, f"Codex {job}: skipped: `{result.reason.replace('`', chr(39))}`")
    return result


def _known(target: Target, environment: Mapping[str, str], user: Git, event: Event, job: Job) -> Known:
    """Ask the forge; what it does not answer stays unknown, or is counted in this clone."""
    still, ever = counted(user, event) if job == "autofix" else (None, None)
    told: dict[str, Any] = {"has_key": known_key(environment), "open_pulls": still, "attempts": ever}
    try:
        site = site_of(target, environment, user)
        forge = site.forge(site.wire(1.0), time.sleep)
    except UsageError:
        return Known(**told)
    with contextlib.suppress(ForgeError):
        if event.pull and event.sender.login and not event.sender.bot:
            told["permission"] = forge.permission(event.sender.login)
    with contextlib.suppress(ForgeError):
        if event.pull:
            told["text"] = _as_told(forge.live(event.number).text, event, environment)
    with contextlib.suppress(ForgeError):
        if job == "autofix":
            told["open_pulls"], told["attempts"] = forge.pulls(target=event.head_ref if event.pull else "")
    return Known(**told)


def _as_told(text: tuple[str, str] | None, event: Event, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return title and body as the event has them: GitLab tells jobs only how a long description begins."""
    cut = environment.get("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED") == "true" and event.forge == "gitlab"
    return (text[0], event.body) if text is not None and cut and text[1].startswith(event.body) else text
