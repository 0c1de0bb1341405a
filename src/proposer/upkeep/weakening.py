"""One place where a repository would be weaker than it was: what it was, what it is, and why that matters."""

from dataclasses import asdict, dataclass
from typing import Any

from proposer import digests

__all__ = ["CODES", "Weakening"]

CODES: dict[str, str] = {
    "unreadable": "A file that guards something cannot be read any more, so nothing can be said of what it does.",
    "permissions": "A job, or a whole workflow, may do more than before; no `permissions` key means everything.",
    "secret": "A job sees a secret that it did not see, or more of its steps do.",
    "trigger": "A workflow starts on an event that anybody can cause.",
    "unpinned": "An action, an image, a hook or a requirement was pinned to its bytes and no longer is.",
    "check-removed": "A check no longer runs, runs less often, or may fail without a word.",
    "needs": "A job no longer waits for another one.",
    "condition": "A job that has a secret or may write runs under another condition, or without its environment.",
    "runner": "A job runs on a machine that keeps what ran before.",
    "credentials": "A checkout leaves its token behind for every later step.",
    "timeout": "A job has no time limit any more.",
    "action-input": "An action is told to drop a guard of its own.",
    "rule": "A command that was refused no longer is.",
    "rule-tested": "A command whose refusal was tried is tried no more.",
    "profile": "Interactive Codex may do more, or asks less often.",
    "pin": "What was pinned is pinned no more, or to something older or else.",
    "setting": "A setting of proposer.toml went the weaker way.",
    "workflow": "A workflow that judges changes is gone.",
    "automation": "The repository lets Codex do more by itself.",
    "owner": "Files lost the people who must look at changes of them.",
    "drill": "An attack that was tried is tried no more.",
    "eval": "A planted defect that reviews were held against is gone.",
    "updates": "Dependencies are watched no more, or new releases are taken sooner.",
    "unreviewed": "Files are left out of reviews.",
    "tool": "A threshold was lowered, or a check was switched off, in the settings of a tool.",
    "override": "The record of an earlier override is gone.",
}
"""Every code and what it means; a code never changes its meaning."""

_GONE = "(gone)"


@dataclass(frozen=True, kw_only=True)
class Weakening:
    """One weakening. `what` says which part of the file; `was` and `now` are empty where there was or is nothing."""

    code: str
    path: str
    what: str
    was: str
    now: str
    why: str

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that stand for exactly this weakening, for an override to name."""
        return digests.of_json([self.code, self.path, self.what, self.was, self.now])[:16]

    def document(self) -> dict[str, Any]:
        """Return the JSON form: an item of `weakened` in `proposer/ratchet/v1`."""
        return {"id": self.id, **asdict(self)}

    def line(self) -> str:
        """Return it as one line for people."""
        return f"{self.path}: {self.what}: was {self.was or '(nothing)'}, is {self.now or _GONE}; {self.why}"
