"""The commits of a release as facts: since a tag, or the last so many; without any tag, the last fifty."""

from collections.abc import Sequence
from typing import Any

from proposer.errors import UsageError
from proposer.facts.ground import Ground
from proposer.facts.places import holds_migrations
from proposer.git import Git, shown
from proposer.inputs.subject import commit_of

__all__ = ["of"]

_MOST = 500
_DEFAULT = 50
_FILES = 40
_BODY = 600
_CHARACTERS = 300_000
"""Room for all commits in the prompt; what does not fit is counted."""


def of(ground: Ground) -> dict[str, Any]:
    """Return `range` in words, `head`, `commits` (newest first; merges are left out) and `migrations` among the files.

    Raises:
        UsageError: the range cannot be used, or is empty.
    """
    git, head = ground.git, ground.subject.head or ground.subject.parent
    words, argv = _range(ground, head)
    rows = git("log", "-z", "--no-merges", f"-n{_MOST + 1}", "--format=%H%n%cs%n%s%n%b", *argv).split(b"\0")
    found = [row.decode("utf-8", errors="replace").split("\n", 3) for row in rows if row.strip()]
    if not found:
        raise UsageError(f"there is no commit in {words}", "name an older one: --since TAG, or --last N")
    files = _files(git, [row[0] for row in found])
    commits, used = [], 0
    for oid, date, subject, body in (row + [""] * (4 - len(row)) for row in found[:_MOST]):
        row = {"id": oid, "date": date, "subject": subject[:_BODY], "body": body.strip()[:_BODY],
               "files": files[oid][:_FILES], "more_files": max(len(files[oid]) - _FILES, 0)}  # fmt: skip
        used += len(str(row))
        if used > _CHARACTERS:
            break
        commits.append(row)
    changed = sorted({name for names in files.values() for name in names})
    present = {shown(path) for path in git.tree(head)}
    return {
        "range": words, "head": head, "commits": commits, "left_out": len(found) - len(commits),
        "migrations": [name for name in changed if holds_migrations(name) and name in present],
    }  # fmt: skip


def _range(ground: Ground, head: str) -> tuple[str, tuple[str, ...]]:
    since, last = ground.arguments.get("since", ""), ground.arguments.get("last", "")
    user = Git(cwd=ground.root)
    if since and last:
        raise UsageError("--since cannot be combined with --last", "leave one of them out")
    if since:
        return f"{since}..{head[:12]}", (f"{commit_of(user, since)}..{head}",)
    if last:
        if not last.isascii() or not last.isdigit() or not 0 < int(last) <= _MOST:
            raise UsageError(f"--last {last[:40]} is no number from 1 to {_MOST}", "write: --last 10")
        return f"the last {last} commit(s)", (f"-n{int(last)}", head)
    done = user.call("describe", "--tags", "--abbrev=0", head)
    tag = done.stdout.decode(errors="surrogateescape").strip()
    if done.returncode == 0 and tag:
        return f"{tag}..{head[:12]}", (f"{commit_of(user, f'refs/tags/{tag}')}..{head}",)
    return f"the last {_DEFAULT} commit(s), for there is no tag", (f"-n{_DEFAULT}", head)


def _files(git: Git, commits: Sequence[str]) -> dict[str, list[str]]:
    """Return the files of each commit; git prints the id of each before its files."""
    stdin = "".join(f"{oid}\n" for oid in commits).encode()
    rows = git("diff-tree", "--stdin", "-r", "--root", "--name-only", "--no-renames", "-z", stdin=stdin).split(b"\0")
    found: dict[str, list[str]] = {oid: [] for oid in commits}
    waiting, current = list(commits), ""
    for row in rows:
        text = row.decode(errors="surrogateescape")
        if text in waiting:  # a commit without any file prints nothing
            current = text
            waiting = waiting[waiting.index(text) + 1 :]
        elif text and current:
            found[current].append(shown(text))
    return found
