"""What is told to the forge about a record: a draft from its proposal, its comment, remarks at lines; in this order."""

from dataclasses import dataclass

from proposer import applying
from proposer.errors import RefusedError
from proposer.outputs.carried import fingerprint
from proposer.outputs.redact import Redactor
from proposer.publish import event as events
from proposer.publish import sticky
from proposer.publish.admission import BRANCHES
from proposer.publish.dossier import Change, Dossier
from proposer.publish.event import Event
from proposer.publish.forge import Forge, Live, Opened, Proposal, Remark
from proposer.publish.level import Rules
from proposer.publish.outcome import Result
from proposer.publish.site import Site
from proposer.publish.wire import ForgeError
from proposer.reports.safe import inline
from proposer.reports.safe import markdown as harmless

__all__ = ["Job", "post"]

_NO_CI = (
    "the token of a job opened this pull request, and GitHub starts no workflow for what that token does: close and "
    "reopen it, or give the job the token of a GitHub App"
)
_ALLOW = "allow jobs to open some (settings, Actions, General), or apply it at a desk: inv codex.apply"
_FORBIDDEN = (403, 404, 422)
"""What a forge answers to a token that may comment and not open, or where a setting forbids jobs to open any."""
_REMARK = "<!-- proposer:finding {key} -->"
_REMARK_BYTES = 10_000


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one publication works with."""

    dossier: Dossier
    event: Event
    rules: Rules
    site: Site
    forge: Forge
    hosts: tuple[str, ...]
    redactor: Redactor

    def mask(self, text: str) -> str:
        """Return text without the secrets of this job; those of the run were masked when it was recorded."""
        return self.redactor.text(text)


def post(job: Job, live: Live, change: Change | None, result: Result) -> None:
    """Post a record that passed every check, and take down what was done.

    Args:
        job: what to work with.
        live: the pull request as it is now.
        change: the proposal that is to become a draft; None: there is none.
        result: gets what was done.

    Raises:
        StopError: the forge does not do it (`unavailable`).
        RefusedError: the proposal is for a branch whose name is not passed on.
    """
    unopened = ""
    if change is not None:
        try:
            result.pull = _propose(job, live, change, result)
        except ForgeError as error:
            if error.status not in _FORBIDDEN or not job.event.pull:
                raise
            unopened = f"no pull request could be opened ({error.message}); {_ALLOW}"
            result.warnings.append(unopened)
    if not job.event.pull:
        return
    author = job.rules.publish.author or job.forge.author()
    body = sticky.plan(
        job.dossier.summary, job.forge.comments(job.event.number), author=author, hosts=job.hosts,
        footer=_footer(job, result.pull, unopened), mask=job.mask,
    )  # fmt: skip
    result.comment = {"leave": "says so already", "update": "updated", "create": "posted"}[body.action]
    if body.action == "update":
        job.forge.edit(job.event.number, body.id, body.body)
    elif body.action == "create":
        posted = job.forge.comment(job.event.number, body.body)
        if posted and posted != author:
            result.warnings.append(
                f"the comment was posted as account {posted}, not {author}: set author = {posted} in [publish], or the "
                "next run will not find it"
            )
    if job.rules.publish.inline:
        result.remarks = _remark(job, live, author)


def _footer(job: Job, pull: Opened | None, unopened: str) -> str:
    """Return the last lines of a comment; nothing in them comes from a model."""
    dossier, sign = job.dossier, "#" if job.site.target == "github" else "!"
    rows = [f"There is a proposal, and {harmless(unopened, job.hosts)}."] if unopened else []
    if pull is not None:
        rows.append(f"Proposed as a draft: {sign}{pull.number}" if pull.number else "Proposed as a draft.")
        rows += [] if pull.starts_ci else [f"**No checks will start**: {_NO_CI}."]
    record = f"[record]({job.site.link})" if job.site.link else "record"
    rows.append(
        f"Commit `{job.event.head[:12]}`, {record} `{dossier.place.name}`, statement `{dossier.statement[:12]}`."
    )
    return "\n\n".join(rows) + "\n"


def _propose(job: Job, live: Live, change: Change, result: Result) -> Opened | None:
    """Open a draft pull request from the proposal, unless too many are open."""
    event, dossier = job.event, job.dossier
    summary = dossier.summary
    branch, commit = f"{BRANCHES}{summary.run}", event.head
    target = (live.head_ref or event.head_ref) if event.pull else event.base_ref
    if not events.is_ref(target):
        raise RefusedError("the branch that the proposal is for has a name that is not passed on", "rename it")
    pull = job.forge.opened(branch)
    if pull is None:
        if why := _spent(job, target):
            result.warnings.append(f"{why}; no pull request was opened, but: inv codex.apply {summary.run}")
            return None
        made = applying.trailer(dossier.document.tool.model, summary.run)
        title = f"codex: {events.plain(summary.workflow)} of {commit[:12]}"
        foot = harmless(
            f"A proposal of run `{summary.run}` for `{target}` at `{commit[:12]}`. Read it as a stranger's.\n\n"
            f"The statement of the run is `{applying.PROVENANCE}/{summary.run}.statement.json`.",
            job.hosts,
        )
        room = sticky.MAX_BYTES - len(foot.encode()) - 2
        body = f"{sticky.report(summary, job.hosts, room, job.mask).rstrip()}\n\n{foot}"
        proposal = Proposal(
            branch=branch, parent=commit, target=target, title=title, body=body,
            message=f"{title}\n\nProposed by a run of Codex; see its statement in {applying.PROVENANCE}/.\n\n{made}\n",
        )  # fmt: skip
        pull = job.forge.propose(proposal, change)
    if not pull.starts_ci:
        result.warnings.append(_NO_CI)
    return pull


def _spent(job: Job, target: str) -> str:
    """Return why no more drafts are opened; the forge counts, so no branch can reset it."""
    still, ever = job.forge.pulls(target=target if job.event.pull else "")
    if job.event.pull and ever >= job.rules.publish.attempts:
        return f"{ever} proposals were opened for {target} already, so a person must look"
    return f"{still} pull requests from proposals are open" if still >= job.rules.publish.open_pulls else ""


def _remark(job: Job, live: Live, author: int) -> int:
    """Post findings at lines that the diff shows, each once; the rest stands in the comment alone."""
    event, summary = job.event, job.dossier.summary
    known = [body for account, body in job.forge.remarked(event.number) if account == author]
    hunks = job.forge.hunks(event.number)
    rows = []
    for finding in summary.findings:
        key = _REMARK.format(key=fingerprint(finding))
        start, end = finding.start_line, finding.end_line
        if any(body.startswith(key) for body in known) or not hunks.show(finding.side, finding.path, start, end):
            continue
        words = f"**{finding.severity}** {inline(finding.title[:500], job.hosts)}\n\n{finding.body[:8000]}"
        text = job.mask(harmless(words, job.hosts))
        text = text.encode(errors="replace")[:_REMARK_BYTES].decode(errors="ignore")
        rows.append(Remark(
            key=key, path=finding.path, side=finding.side, start=start, end=end,
            body=f"{key}\n{harmless(text, job.hosts)}",
        ))  # fmt: skip
    if rows:
        job.forge.remark(event.number, live, event.head, rows)
    return len(rows)
