"""How long a repository has stayed with its Codex, by its own history."""

from datetime import UTC, date, datetime
from pathlib import Path

from proposer.config.lockfile import LOCK_NAME
from proposer.git import Git

__all__ = ["pinned_since"]


def pinned_since(root: Path) -> date | None:
    """Return the day (UTC) of the last commit that changed the pinned version; None where no commit here did."""
    done = Git(cwd=root).call("log", "-1", "--format=%ct", "-G", '^version = "', "--", LOCK_NAME)
    seconds = done.stdout.decode(errors="replace").strip()
    return datetime.fromtimestamp(int(seconds), UTC).date() if done.returncode == 0 and seconds.isdigit() else None
