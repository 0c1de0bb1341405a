"""Whether a job goes on: a table of reasons to leave a change alone, each one sentence, none of them a failure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from proposer.errors import UsageError
from proposer.publish.account import Account
from proposer.publish.event import PULL, Event
from proposer.publish.level import Rules, allows
from proposer.reports.safe import log_line

__all__ = ["ASKED", "BRANCHES", "JOBS", "Decision", "Job", "Known", "decide", "known_key"]

Job = Literal["propose", "publish", "autofix"]
JOBS: tuple[Job, ...] = ("propose", "publish", "autofix")
BRANCHES = "codex/"
"""Branches of proposals; what happens on them starts nothing."""

ASKED = ("workflow_dispatch", "web", "api", "trigger")
"""Kinds of events that somebody with write access started by hand (GitHub's; GitLab's)."""
_PLANNED = (*ASKED, "schedule", "push")
_PUSHED = ("opened", "reopened", "synchronize")
_MAY_WRITE = ("admin", "maintain", "write")
_TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")
_LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the forge and the job say beside the event; None: it was not asked, or it did not answer.

    `permission` is the sender's; `open_pulls` and `attempts` count pull requests from proposals: all open ones, and all
    ever made for this branch (the counters live in the forge, where no branch can reset them); `has_key` says whether
    the job was given a key; `text` is what title and body are now.
    """

    permission: str | None = None
    open_pulls: int | None = None
    attempts: int | None = None
    has_key: bool | None = None
    text: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether to go on, why, and title and body of the change; empty where they are not those of the event."""

    run: bool
    reason: str
    title: str = ""
    body: str = ""


Reasons = Sequence[Callable[[Event, Job, Rules, Known], str]]


def decide(event: Event, job: Job, rules: Rules, known: Known) -> Decision:
    """Decide about one job.

    Args:
        event: what started it.
        job: `propose` asks a model about the change, `autofix` asks one to mend it, `publish` posts a record.
        rules: of the base commit.
        known: what else is known.

    Raises:
        UsageError: no job has that name.
    """
    if job not in JOBS:
        raise UsageError(f"there is no job {job!r}", f"use one of: {', '.join(JOBS)}")
    for reason in _PULL if event.kind == PULL else _OTHER:
        if words := reason(event, job, rules, known):
            return Decision(run=False, reason=words)
    if not event.pull:
        return Decision(run=True, reason=f"started by {_said(event.kind)}")
    if known.text is not None and known.text != (event.title, event.body):
        return Decision(run=True, reason="the title or the text was edited after the trigger, so both are left out")
    return Decision(run=True, reason=_asked(event, rules), title=event.title, body=event.body)


def _said(text: str) -> str:
    """Return a name as a log and a sentence can hold it."""
    return " ".join(log_line(text[:_LONGEST]).split()) or "nobody"


def _asked(event: Event, rules: Rules) -> str:
    label = next((name for name in (rules.publish.label, rules.publish.fix_label) if name in event.labels), "")
    return f"asked for by the label {label}" if label else f"{event.action or 'the change'}: it is ready for review"


def _kind(event: Event, _job: Job, _rules: Rules, _known: Known) -> str:
    if event.kind in ("pull_request_target", "workflow_run", "issue_comment"):
        return f"{event.kind} runs with this repository's rights on strangers' words; use pull_request"
    return "" if event.kind in _PLANNED else f"nothing is done for the event {_said(event.kind)}"


def _shape(event: Event, _job: Job, _rules: Rules, _known: Known) -> str:
    whole = event.number and event.base and event.head and event.repository
    return "" if whole else "the event does not say which commits it is about"


def _again(event: Event, job: Job, _rules: Rules, _known: Known) -> str:
    # A record that was made can be published later; a model is asked once for each event.
    if event.attempt == 1 or job == "publish":
        return ""
    return f"this is attempt {event.attempt} of the same event, which may be old: push, or set the label again"


def _closed(event: Event, _job: Job, _rules: Rules, _known: Known) -> str:
    return "the pull request is closed" if event.closed else ""


def _action(event: Event, _job: Job, rules: Rules, _known: Known) -> str:
    if event.forge == "gitlab" or event.action in (*_PUSHED, "ready_for_review"):
        return ""
    if event.action == "edited":
        return "only title, text or target were edited; the commits are the same"
    if event.action == "labeled":
        asking = (rules.publish.label, rules.publish.fix_label)
        return "" if event.label in asking else f"the label {_said(event.label)} asks for nothing here"
    return f"nothing is done when a pull request is {_said(event.action)}"


def _fork(event: Event, _job: Job, _rules: Rules, _known: Known) -> str:
    return "the change comes from another repository (a fork), which gets no key" if event.fork else ""


def _opted_out(event: Event, _job: Job, rules: Rules, _known: Known) -> str:
    return f"the label {rules.publish.opt_out} asks to leave it alone" if rules.publish.opt_out in event.labels else ""


def _own(event: Event, _job: Job, _rules: Rules, _known: Known) -> str:
    own = event.head_ref.startswith(BRANCHES)
    return f"{event.head_ref} is a proposal itself; a person looks at it" if own else ""


def _bots(event: Event, _job: Job, rules: Rules, _known: Known) -> str:
    for account in (event.author, event.sender):
        if account.bot and account.id not in rules.publish.bots:
            return f"{_named(account)} is a bot that [publish] bots of proposer.toml does not list"
    return ""


def _named(account: Account) -> str:
    return f"{_said(account.login)} (account {account.id})"


def _draft(event: Event, _job: Job, rules: Rules, _known: Known) -> str:
    asked = event.labels & {rules.publish.label, rules.publish.fix_label}
    return "" if asked or not event.draft else f"it is a draft; the label {rules.publish.label} asks for a run"


def _rights(event: Event, _job: Job, _rules: Rules, known: Known) -> str:
    """Return why the sender may not ask.

    Without the forge's answer: who pushed to a branch of this repository may write, and so may its owner; a label or a
    change of state needs less, so the author's part in the repository counts, and nobody else's is known.
    """
    if known.permission is not None:
        return "" if known.permission in _MAY_WRITE else f"{_named(event.sender)} may not write to this repository"
    if event.forge == "gitlab":
        return ""  # GitLab starts the pipelines of a project for those who may push to it
    if event.action == "synchronize" or (event.owner and event.sender.login == event.owner):
        return ""
    if event.sender.id == event.author.id and event.association in _TRUSTED:
        return ""
    return f"whether {_named(event.sender)} may write here cannot be seen: give the step GITHUB_TOKEN"


def _key(_event: Event, job: Job, _rules: Rules, known: Known) -> str:
    if job == "publish" or known.has_key is not False:
        return ""
    return "there is no key: add the secret OPENAI_API_KEY to the environment codex"


def _level(event: Event, job: Job, rules: Rules, _known: Known) -> str:
    if job == "publish" and not allows(rules.level, "comment"):
        return "the automation level analyse publishes nothing"
    if job != "autofix" or allows(rules.level, "branch"):
        return ""
    if not allows(rules.level, "propose"):
        return f"the automation level {rules.level} proposes no fixes"
    asked = event.kind in ASKED or rules.publish.fix_label in event.labels
    return "" if asked else f"at the level propose a person asks for a fix: set the label {rules.publish.fix_label}"


def _budget(event: Event, job: Job, rules: Rules, known: Known) -> str:
    if job != "autofix":
        return ""
    if known.open_pulls is None or known.attempts is None:
        return "how many fixes there are already cannot be seen: give the step a token that reads pull requests"
    if event.pull and known.attempts >= rules.publish.attempts:
        return f"{known.attempts} fixes were proposed for this branch already; a person must look"
    if known.open_pulls >= rules.publish.open_pulls:
        return f"{known.open_pulls} pull requests from proposals are open; close or merge one first"
    return ""


_PULL: Reasons = (
    _shape, _closed, _action, _again, _fork, _opted_out, _own, _bots, _draft, _rights, _key, _level, _budget,
)  # fmt: skip
_OTHER: Reasons = (_kind, _again, _key, _level, _budget)


def known_key(environment: Mapping[str, str]) -> bool | None:
    """Tell whether this job was given a key; None where its step was not shown the variable.

    A secret that does not exist is an empty variable on GitHub and none at all on GitLab.
    """
    names = ("CODEX_API_KEY", "OPENAI_API_KEY")
    if any(environment.get(name, "").strip() for name in names):
        return True
    shown = any(name in environment for name in names) or environment.get("GITLAB_CI") == "true"
    return False if shown else None
