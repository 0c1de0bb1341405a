"""Proposals as this clone knows them, by their branches: for a job whose token cannot ask the forge."""

from proposer.git import Git
from proposer.publish.admission import BRANCHES
from proposer.publish.event import Event

__all__ = ["counted"]

_MOST = 200


def counted(git: Git, event: Event) -> tuple[int, int]:
    """Return how many branches of proposals there are, and how many of them stand on commits of this change.

    A branch that was removed, or was not fetched, is not counted: publishing asks the forge again.
    """
    listed = git.call("for-each-ref", f"--count={_MOST}", "--format=%(refname)", "refs/remotes").stdout.decode()
    names = [name for name in listed.split("\n") if f"/{BRANCHES}" in name.removeprefix("refs/remotes")]
    ours = 0
    for name in names if event.pull else ():
        below = f"{name}^"
        inside = git.call("merge-base", "--is-ancestor", below, event.head).returncode == 0
        ours += inside and git.call("merge-base", "--is-ancestor", below, event.base).returncode != 0
    return len(names), ours
