"""Publishing one record: everything is checked first, then the forge is told; what is refused is told to nobody."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from proposer import git
from proposer.errors import RefusedError, UsageError
from proposer.git import Git
from proposer.outputs.redact import Redactor, secret_values
from proposer.publish import annotations, outlet, posting, sticky
from proposer.publish import event as events
from proposer.publish.admission import ASKED
from proposer.publish.dossier import Dossier, belongs, gated, read
from proposer.publish.event import PULL, Event
from proposer.publish.forge import Forge, Live
from proposer.publish.level import Rules, allows, rules_of
from proposer.publish.outcome import Result
from proposer.publish.posting import Job
from proposer.publish.site import Site, site_of
from proposer.publish.wire import Paper
from proposer.reports import sarif
from proposer.reports.safe import inline

__all__ = ["FOLDER", "publish"]

FOLDER = "artifacts"
"""Folder of the reports that a job uploads, below the top of the repository."""


def publish(
    folder: Path,
    run: str,
    *,
    target: str,
    environment: Mapping[str, str],
    digest: str | None = None,
    dry_run: bool = False,
    api_url: str = "",
    pace: float = 1.0,
    wait: Callable[[float], None] = time.sleep,
) -> Result:
    """Publish a record to the pull request (or merge request) of the event, its proposal as a draft of its own.

    Args:
        folder: somewhere inside the repository.
        run: id of the run, or the start of one.
        target: `github` or `gitlab`.
        environment: of the job: event, repository, token.
        digest: SHA-256 that the record's statement must have; None: the ledger of this clone vouches for it.
        dry_run: send nothing; print each request, as if nothing had been published before.
        api_url: address of the API; empty: the one of the job.
        pace: seconds between two writes on GitHub.
        wait: sleeps for so many seconds.

    Raises:
        RefusedError: the record does not verify, is not about this event, its gate says no, or the level forbids it.
        StopError: the forge does not answer, or does not do it (`unavailable`).
        UsageError: no run, no event, no token.
    """
    try:
        return _publish(folder, run, target, environment, digest, dry_run, api_url, pace, wait)
    except RefusedError as error:
        if not dry_run:
            outlet.append_summary(environment, f"**Not published**: {inline(error.message)}")
            if environment.get("GITHUB_ACTIONS") == "true":
                sys.stdout.write(f"{annotations.notice(f'not published: {error.message}')}\n")
        raise


def _publish(
    folder: Path, run: str, target: str, environment: Mapping[str, str], digest: str | None, dry: bool, api_url: str,
    pace: float, wait: Callable[[float], None],
) -> Result:  # fmt: skip
    root = git.root_of(folder)
    user = Git(cwd=root)
    site = site_of(target, environment, user, api_url=api_url, dry=dry)
    dossier = read(root, run, digest)
    forge = site.forge(Paper() if dry else site.wire(pace), wait)
    event = _event(site, environment, dossier, forge, dry=dry)
    belongs(dossier.document, event, user)
    rules = rules_of(user, event.base or dossier.document.run.git.base_sha)
    _permitted(dossier, event, rules)
    change = gated(root, dossier) if dossier.proposes else None
    summary = dossier.summary
    result = Result(run=summary.run, workflow=summary.workflow, target=target, number=event.number, dry=dry)
    job = Job(
        dossier=dossier, event=event, rules=rules, site=site, forge=forge,
        hosts=(site.host, *rules.publish.hosts), redactor=Redactor(secret_values(environment)),
    )  # fmt: skip
    if digest is None and (environment.get("CI") or environment.get("GITHUB_ACTIONS")):
        result.warnings.append("no --digest: only the ledger of this clone vouches for the record")
    if not dry:
        _files(root, job, environment, result)
    live = forge.live(event.number) if event.pull else Live()
    result.skipped = _gone(event, live, rules)
    if not result.skipped:
        posting.post(job, live, change, result)
    if environment.get("GITHUB_ACTIONS") == "true" and not dry:
        result.commands = [*annotations.commands(summary), *map(annotations.notice, result.warnings)]
    return result


def _event(site: Site, environment: Mapping[str, str], dossier: Dossier, forge: Forge, *, dry: bool) -> Event:
    """Return what started the job; at a desk, a pull request whose head is what the run looked at."""
    named = "GITHUB_EVENT_PATH" if site.target == "github" else "CI_PIPELINE_SOURCE"
    if environment.get(named):
        event = events.read(site.target, environment)
        if event.repository and site.target == "github" and event.repository.casefold() != site.repository.casefold():
            raise RefusedError(
                f"the event is about {event.repository}, the job about {site.repository}", "run it there"
            )
        return event
    made = dossier.document.run.git
    head = made.head_sha or made.parent_sha
    number = forge.find(head)
    if not number and not dry:
        raise UsageError(
            f"not one open pull request has {head[:12]} as its head", f"push it and open one, or set {named}"
        )
    live = forge.live(number) if number else Live()
    return Event(
        forge=site.target, kind=PULL, action="desk", repository="", number=number, head=head, base=live.base,
        head_ref=live.head_ref,
    )  # fmt: skip


def _permitted(dossier: Dossier, event: Event, rules: Rules) -> None:
    """Refuse what the automation level does not allow."""
    if event.pull and not allows(rules.level, "comment"):
        raise RefusedError(
            "the automation level analyse publishes no comment",
            'set automation = "comment" in [publish] of proposer.toml',
        )
    if not dossier.proposes:
        return
    asked = event.action == "desk" or event.kind in ASKED or rules.publish.fix_label in event.labels
    wanted = "propose" if asked else "branch"
    if not allows(rules.level, "propose" if asked else "branch"):
        raise RefusedError(
            f"the automation level {rules.level} opens no pull request {'at all' if asked else 'by itself'}",
            f'set automation = "{wanted}" in [publish] of proposer.toml, or run: inv codex.apply {dossier.place.name}',
        )


def _files(root: Path, job: Job, environment: Mapping[str, str], result: Result) -> None:
    """Write what a job hands on by files: its summary, and the findings in the form of the forge's displays."""
    summary = job.dossier.summary
    name = f"{FOLDER}/{events.plain(summary.workflow)}"
    data: Any
    if job.site.target == "github":
        name, data = f"{name}.sarif", sarif.render(summary)
        outlet.append_summary(environment, sticky.report(summary, job.hosts, sticky.MAX_BYTES, job.mask))
    else:
        name, data = f"{name}.codequality.json", annotations.quality(summary)
    outlet.put(root / name, json.dumps(job.redactor.value(data), indent=2, ensure_ascii=False) + "\n")
    result.files.append(name)


def _gone(event: Event, live: Live, rules: Rules) -> str:
    """Return why it is too late to post."""
    if live.closed:
        return f"pull request {event.number} is closed by now"
    if rules.publish.opt_out in live.labels:
        return f"the label {rules.publish.opt_out} asks to leave it alone"
    if live.head and live.head != event.head:
        return f"pull request {event.number} has moved on to {live.head[:12]}; the run of that commit speaks for it"
    return ""
