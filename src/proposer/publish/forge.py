"""What publishing needs of a forge; GitHub and GitLab each do it in their way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from proposer.publish.dossier import Change
from proposer.publish.hunks import Hunks
from proposer.publish.sticky import Comment

__all__ = ["Forge", "Live", "Opened", "Proposal", "Remark"]


@dataclass(frozen=True, kw_only=True)
class Live:
    """A pull request as it is now; empty or None where the forge was not asked (a dry run).

    `base` is the commit that it is to be merged into, `start` the one that it started from.
    """

    head: str = ""
    base: str = ""
    start: str = ""
    head_ref: str = ""
    closed: bool = False
    labels: frozenset[str] = frozenset()
    text: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A comment at lines of the diff; `key` is what makes two of them the same."""

    key: str
    path: str
    side: str
    start: int
    end: int
    body: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A draft pull request that is to be opened: its branch, the commit below it, the branch it goes to, its words."""

    branch: str
    parent: str
    target: str
    title: str
    body: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A pull request that was opened; `starts_ci` is False where the forge starts no job for it."""

    number: int
    url: str
    starts_ci: bool
    new: bool = True


class Forge(Protocol):
    """One repository on a forge. Every method raises `ForgeError` where the forge does not do it."""

    def find(self, head: str) -> int:
        """Return the number of the one open pull request of a commit; 0 where there is none, or more than one."""

    def live(self, number: int) -> Live:
        """Return a pull request as it is now."""

    def permission(self, login: str) -> str | None:
        """Return what an account may do (`admin`, `write`, `read`, `none`); None where the forge does not say."""

    def author(self) -> int:
        """Return the account that the token posts as."""

    def comments(self, number: int) -> list[Comment]:
        """Return all comments of a pull request."""

    def comment(self, number: int, body: str) -> int:
        """Post a comment and return the account that it was posted as; 0 where nothing was sent."""

    def edit(self, number: int, comment: int, body: str) -> None:
        """Replace a comment."""

    def hunks(self, number: int) -> Hunks:
        """Return which lines the diff of a pull request shows."""

    def remarked(self, number: int) -> Iterable[tuple[int, str]]:
        """Yield author and body of the comments at lines."""

    def remark(self, number: int, live: Live, head: str, remarks: Sequence[Remark]) -> None:
        """Post comments at lines."""

    def pulls(self, *, target: str = "") -> tuple[int, int]:
        """Return how many pull requests from proposals are open, and how many there ever were to a branch."""

    def opened(self, branch: str) -> Opened | None:
        """Return the pull request from a branch of this repository, open or not; None where there is none."""

    def propose(self, proposal: Proposal, change: Change) -> Opened:
        """Make branch and commit and open a draft pull request."""
