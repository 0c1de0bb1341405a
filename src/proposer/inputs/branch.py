"""The branch that a subject belongs to, so that its last run can be found again; nothing else depends on it."""

from pathlib import Path

from proposer.git import Git, shown

__all__ = ["branch_of"]

_HEADS, _REMOTES = "refs/heads/", "refs/remotes/origin/"


def branch_of(root: Path, *, head: str, named: str | None) -> str | None:
    """Return the name of the branch, or None where there is none.

    Args:
        root: the repository.
        head: the revision that was asked for; empty: what is checked out.
        named: what the CI job says.
    """
    if named:
        return named
    git = Git(cwd=root)
    if head:
        short = head.removeprefix(_HEADS).removeprefix(_REMOTES).removeprefix("origin/")
        for place in (f"{_HEADS}{short}", f"{_REMOTES}{short}"):
            if git.call("rev-parse", "--verify", "--quiet", f"{place}^{{commit}}").returncode == 0:
                return shown(short)
        ids = [git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").stdout
               for name in (head, "HEAD")]  # fmt: skip
        if ids[0] != ids[1]:
            return None
    current = git.call("symbolic-ref", "--quiet", "--short", "HEAD")
    return shown(current.stdout.decode(errors="surrogateescape").strip()) or None if current.returncode == 0 else None
