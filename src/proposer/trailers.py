"""Commits that say that a run helped: whether the statement that they owe is there, and speaks of that run."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer.errors import EXIT_REFUSED, UsageError
from proposer.git import Git, root_of, shown
from proposer.reports.safe import log_line

__all__ = ["Result", "examine", "named"]

_CLAIM = re.compile(r"(?im)^[ \t]*assisted-by[ \t]*:[ \t]*codex\b.*$")
_WHOLE = re.compile(r"(?i)assisted-by: codex:[^\s()]+ \(run ([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})\)")
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Result:
    """How many commits were looked at, how many of them name a run, and (commit, sentence) for each problem."""

    commits: int
    assisted: int
    problems: tuple[tuple[str, str], ...]

    @property
    def exit_code(self) -> int:
        """7 where there is a problem."""
        return EXIT_REFUSED if self.problems else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/trailers/v1`)."""
        rows = [{"commit": commit, "problem": text} for commit, text in self.problems]
        return {"schema": "proposer/trailers/v1", "exit": self.exit_code, "commits": self.commits,
                "assisted": self.assisted, "problems": rows}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        for commit, text in self.problems:
            sys.stdout.write(f"! {commit[:12]} {log_line(' '.join(text.split()))}\n")
        sys.stdout.write(f"{self.commits} commit(s), {self.assisted} with the trailer of a run\n")
        if self.problems:
            sys.stderr.write("error: a commit owes the statement of its run\n"
                             "  run: inv codex.apply RUN, and commit provenance/ with the change\n")  # fmt: skip


def examine(folder: Path, base: str, head: str = "HEAD") -> Result:
    """Look at the commits that `head` has and `base` has not; merges count by their own message too.

    Raises:
        UsageError: a revision does not exist here, or the history between them is missing.
    """
    git = Git(cwd=root_of(folder))
    for name in (base, head):
        if name.startswith("-") or git.call("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").returncode:
            raise UsageError(f"revision {name!r} does not exist here", "fetch it first, or run: git fetch --unshallow")
    commits = git.text("rev-list", "--reverse", f"{base}..{head}").split()
    problems, assisted = [], 0
    for commit in commits:
        claims = _CLAIM.findall(git("log", "-1", "--format=%B", "--encoding=UTF-8", commit).decode(errors="replace"))
        assisted += bool(claims)
        problems += [(commit, text) for claim in claims for text in _problems(git, commit, claim)]
    return Result(commits=len(commits), assisted=assisted, problems=tuple(problems))


def named(message: str) -> list[str]:
    """Return the runs that the trailers of a commit's message name."""
    return [match[1] for claim in _CLAIM.findall(message) if (match := _WHOLE.fullmatch(claim.strip()))]


def _problems(git: Git, commit: str, claim: str) -> Iterator[str]:
    """Yield what is wrong with one trailer of a commit."""
    match = _WHOLE.fullmatch(claim.strip())
    if not match:
        yield f"{shown(claim.strip())[:120]!r} does not name a run: Assisted-by: codex:MODEL (run RUN)"
        return
    run = match[1]
    path = f"provenance/{run}.statement.json"
    entry = git.tree(f"{commit}^{{tree}}").get(path)
    if entry is None or entry.mode not in ("100644", "100755"):
        yield f"{path} is not in the commit"
        return
    if int(git.text("cat-file", "-s", entry.oid)) > _LARGEST:
        yield f"{path} is too large for a statement"
        return
    try:
        statement = json.loads(git.blobs([entry.oid])[entry.oid])
        named = statement["predicate"]["runDetails"]["metadata"]["invocationId"]
        parts = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
        base = next(part["digest"]["gitCommit"] for part in parts if part.get("name") == "base")
        typed = statement["_type"] == "https://in-toto.io/Statement/v1" and bool(statement["subject"])
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError):
        yield f"{path} cannot be read as a statement"
        return
    if not typed:
        yield f"{path} is no in-toto statement with a subject"
    if named != run:
        yield f"{path} is the statement of run {str(named)[:60]}"
    if not isinstance(base, str) or not _OID.fullmatch(base):
        yield f"{path} names no base"
    elif base == commit or git.call("merge-base", "--is-ancestor", base, commit).returncode:
        yield f"the base of run {run}, {base[:12]}, is no ancestor of the commit"
