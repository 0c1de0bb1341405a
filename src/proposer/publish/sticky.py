"""The one comment of a workflow on a pull request: found by marker and author, updated in place, new when worse."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from proposer.errors import Outcome
from proposer.reports import markdown
from proposer.reports.safe import inline
from proposer.reports.safe import markdown as harmless
from proposer.reports.summary import Summary

__all__ = ["MAX_BYTES", "Comment", "Plan", "State", "plan", "report"]

MAX_BYTES = 60_000
"""Size of a published text; GitHub refuses 65,537 characters, and a body that is refused is lost."""
_RANKS = {Outcome.CLEAN: 0, Outcome.FINDINGS: 1, Outcome.INCOMPLETE: 2, Outcome.BLOCKED: 3, Outcome.VIOLATED: 4}
"""Outcomes that are a verdict about the change, from good to bad; the others say nothing about it."""
_MARK = re.compile(
    r"<!-- proposer:sticky/v1 workflow=([a-z0-9-]{1,64}) verdict=([a-z]{1,20}) head=([0-9a-f]{0,64})"
    r" run=([0-9A-Za-z-]{0,40}) -->\r?\n"
)
_REPORT = "<!-- proposer:report -->"
_NOTICE_BYTES = 4_000
Mask = Callable[[str], str]
_UNNAMED = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment as the forge has it; `author` is the id of an account."""

    id: int
    author: int
    body: str


@dataclass(frozen=True, kw_only=True)
class State:
    """What a comment of ours says in its first line, which nobody sees: the last verdict, of which commit and run."""

    workflow: str
    verdict: str
    head: str
    run: str

    @classmethod
    def read(cls, body: str) -> "State | None":
        """Return the state in a body; None where there is none at its very beginning."""
        match = _MARK.match(body)
        if match is None:
            return None
        return cls(workflow=match[1], verdict=match[2], head=match[3], run=match[4])

    def line(self) -> str:
        """Return the first line of a body."""
        return (
            f"<!-- proposer:sticky/v1 workflow={self.workflow} verdict={self.verdict} head={self.head}"
            f" run={self.run} -->\n"
        )

    @property
    def rank(self) -> int:
        """How bad the verdict is; none at all counts as a good one, so that the first bad one is heard."""
        return {outcome.label: rank for outcome, rank in _RANKS.items()}.get(self.verdict, 0)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done: `leave` (it says so already), `update` the comment `id`, or `create` one."""

    action: Literal["leave", "update", "create"]
    body: str
    id: int = 0


def plan(
    summary: Summary, comments: Iterable[Comment], *, author: int, hosts: Collection[str], footer: str, mask: Mask = str
) -> Plan:
    """Decide what becomes of the comment.

    A run without a verdict (an outage, a limit) is said above the last report, which stays, and is never a new comment
    beside one that is there.

    Args:
        summary: of the run.
        comments: all comments of the pull request.
        author: the account that publishes; comments of others are not ours, whatever they hold.
        hosts: exact hosts that links may lead to.
        footer: our own last lines, plain Markdown.
        mask: removes secrets of this job.
    """
    name = _UNNAMED.sub("-", summary.workflow.lower())[:64]
    ours = [
        (comment, state)
        for comment in comments
        if comment.author == author and (state := State.read(comment.body)) and state.workflow == name
    ]
    rank = _RANKS.get(summary.outcome)
    last, before = max(ours, key=lambda pair: pair[0].id, default=(None, None))
    if rank is None and last is not None and before is not None:
        body = _without_verdict(summary, last, before, hosts, mask)
    else:
        verdict = summary.outcome.label if rank is not None else "none"
        state = State(workflow=name, verdict=verdict, head=summary.head, run=summary.run)
        body = _body(state, summary, hosts, footer, mask)
    if last is None or before is None:
        return Plan(action="create", body=body)
    if rank is not None and rank > before.rank:
        return Plan(action="create", body=body)
    same = last.body.replace("\r\n", "\n").rstrip() == body.rstrip()
    return Plan(action="leave" if same else "update", body=body, id=last.id)


def report(summary: Summary, hosts: Collection[str], limit: int, mask: Mask = str) -> str:
    """Return the report of a run as it may be published, at most `limit` bytes long."""
    return _within(mask(markdown.render(summary, limit)), hosts, limit)


def _body(state: State, summary: Summary, hosts: Collection[str], footer: str, mask: Mask) -> str:
    head = f"{state.line()}{_REPORT}\n"
    room = MAX_BYTES - _size(head) - _size(footer) - 2
    return f"{head}{report(summary, hosts, room, mask).rstrip()}\n\n{footer}".rstrip() + "\n"


def _without_verdict(summary: Summary, last: Comment, before: State, hosts: Collection[str], mask: Mask) -> str:
    """Return the last body with a word above its report on a run that came to no verdict."""
    words = [
        f"**No verdict on {summary.head[:12]}** ({summary.outcome.label}): {inline(summary.message[:1000], hosts)}"
    ]
    if summary.hint:
        words.append(f"What helps: {inline(summary.hint[:1000], hosts)}")
    if summary.unasked:
        words.append(inline(summary.unasked, hosts))
    about = f"What follows is about {before.head[:12]} (run {before.run})." if before.verdict != "none" else ""
    notice = _within(mask("\n\n".join([*words, *filter(None, [about])])), hosts, _NOTICE_BYTES)
    head = f"{before.line()}{notice.rstrip()}\n\n{_REPORT}\n"
    if before.verdict == "none":
        return head
    kept = last.body.replace("\r\n", "\n").partition(f"{_REPORT}\n")[2]
    return head + _within(mask(kept), hosts, MAX_BYTES - _size(head))


def _within(text: str, hosts: Collection[str], limit: int) -> str:
    """Return text made harmless, cut at the end of a line where it is too long."""
    lines = text.split("\n")
    while True:
        found = harmless("\n".join(lines), hosts)
        if _size(found) <= limit or not lines:
            return found
        over = _size(found) - limit
        note = "[cut: the text was longer]"
        while lines and over > -len(note) - 2:
            over -= _size(lines.pop()) + 1
        lines.append(note)
        if lines == [note]:
            return harmless(note, hosts)[:limit]


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
