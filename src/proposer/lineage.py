"""From a commit to the runs that led to it: trailers and statements say which, and what is not known is said too."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proposer import git
from proposer.errors import RefusedError, UsageError
from proposer.git import Git, shown
from proposer.outputs.patch import NAME as PATCH
from proposer.provenance import record, statement
from proposer.provenance.attestation import Statement
from proposer.reports.safe import log_line
from proposer.trailers import named

__all__ = ["PROVENANCE", "Origin", "Trace", "of_commit", "of_line", "origins"]

PROVENANCE = "provenance"
_STATEMENT = re.compile(r"provenance/([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})\.statement\.json")
_INDEX = re.compile(rb"^index [0-9a-f]+\.\.([0-9a-f]{40,64})(?: [0-7]{6})?$", re.MULTILINE)
_LARGEST = 4 * 1024 * 1024
_MOST = 1_000
"""Commits of a merged branch that are looked at, newest first."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A run that a commit names.

    Attributes:
        run: its id.
        commit: the commit that names it: the one that was asked about, or one that this merged.
        named_by: `trailer`, `statement`, or both.
        found: where its statement was: `commit`, `HEAD`, `records`; empty: nowhere.
        facts: what the statement says, by name; empty where there is none.
        holds: whether the commit holds what the run proposed: `all`, `parts`, `nothing`, or `unknown`.
        record: `whole`, `damaged`, or `unknown`: it is not here.
        doubts: one sentence for each thing that does not fit.
    """

    run: str
    commit: str
    named_by: tuple[str, ...]
    found: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    holds: str = "unknown"
    record: str = "unknown"
    doubts: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "run": self.run, "commit": self.commit, "named_by": list(self.named_by), "statement": self.found or None,
            "record": self.record, "commit_holds": self.holds, "doubts": list(self.doubts), **self.facts,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What is known of a commit; `commit` is None for a line that was not committed."""

    asked: str
    commit: str | None
    title: str
    runs: tuple[Origin, ...]
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/trace/v1`)."""
        return {"schema": "proposer/trace/v1", "asked": self.asked, "commit": self.commit, "title": self.title,
                "runs": [run.document() for run in self.runs], "notes": list(self.notes)}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        if self.commit:
            sys.stdout.write(f"commit {self.commit[:12]} {_plain(self.title)}\n")
        for run in self.runs:
            sys.stdout.writelines(f"{line}\n" for line in _lines(run, self.commit))
        sys.stdout.writelines(f"note: {_plain(note)}\n" for note in self.notes)


def _lines(run: Origin, commit: str | None) -> Iterator[str]:
    where = "" if run.commit == commit else f", named by {run.commit[:12]}"
    yield f"run {run.run} ({' and '.join(run.named_by)}{where})"
    if run.facts:
        yield f"  {'workflow':14} {_plain(run.facts['workflow'])}, ended {_plain(run.facts['finished_on'])}"
    for part in ("policy", "instructions"):
        for key, value in run.facts.get(part, {}).items():
            yield f"  {part:14} {key}: {_plain(value)}"
    if run.facts:
        yield f"  {'untrusted':14} {_plain(', '.join(run.facts['untrusted']) or 'none')}"
    yield f"  {'statement':14} {f'found in: {run.found}' if run.found else 'unknown'}"
    yield f"  {'record':14} {run.record}"
    yield f"  {'commit holds':14} {run.holds}"
    yield from (f"  ! {_plain(doubt)}" for doubt in run.doubts)


def _plain(value: Any) -> str:
    return " ".join(log_line(str(value)).split())


def of_commit(folder: Path, revision: str) -> Trace:
    """Trace a commit; a merge brings what the commits say that it merged.

    Raises:
        UsageError: there is no such commit.
    """
    root = git.root_of(folder)
    repository = Git(cwd=root)
    return _traced(root, revision, repository, _commit(repository, revision))


def of_line(folder: Path, place: str) -> Trace:
    """Trace the commit that last changed a line; `place` is FILE:LINE, the file relative to `folder`.

    Raises:
        UsageError: there is no such line.
    """
    name, colon, number = place.rpartition(":")
    if not colon or not number.isascii() or not number.isdigit() or not int(number) or not name:
        raise UsageError(f"{place[:200]!r} is not FILE:LINE", "name a line, such as src/shop/api.py:12")
    root, here = git.root_of(folder), Git(cwd=folder)
    argv = ("blame", "--porcelain", "--no-textconv", "--ignore-revs-file=", "-L", f"{number},{number}", "--", name)
    done = here.call(*argv)
    if done.returncode:
        raise UsageError(f"git knows no line {place[:200]!r}", "name a line of a file that is committed")
    lines = done.stdout.decode(errors="surrogateescape").splitlines()
    commit = lines[0].split(" ")[0]
    if not commit.strip("0"):
        return Trace(asked=place, commit=None, title="", runs=(), notes=("the line is not committed",))
    return _traced(root, place, Git(cwd=root), commit)


def origins(repository: Git, store: record.Store, commit: str) -> tuple[Origin, ...]:
    """Return the runs that one commit names by itself, oldest first."""
    message = repository("log", "-1", "--format=%B", "--encoding=UTF-8", commit).decode(errors="replace")
    by_trailer, by_statement = set(named(message)), set(_added(repository, commit))
    return tuple(
        _origin(repository, store, commit, run,
                tuple(how for how, runs in (("trailer", by_trailer), ("statement", by_statement)) if run in runs))
        for run in sorted(by_trailer | by_statement)
    )  # fmt: skip


def _commit(repository: Git, revision: str) -> str:
    done = repository.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode or not revision:
        raise UsageError(f"there is no commit {revision[:200]!r} here", "fetch it first, or look at: git log")
    return done.stdout.decode().strip()


def _traced(root: Path, asked: str, repository: Git, commit: str) -> Trace:
    store = record.Store(root)
    title = shown(repository.text("log", "-1", "--format=%s", "--encoding=UTF-8", commit))
    parents = repository.text("log", "-1", "--format=%P", commit).split()
    runs, notes = list(origins(repository, store, commit)), list[str]()
    if len(parents) > 1:
        merged = repository.text("rev-list", f"--max-count={_MOST + 1}", commit, f"^{parents[0]}").split()[1:]
        if len(merged) >= _MOST:
            notes.append(f"only the newest {_MOST} of the merged commits were looked at")
        runs += [run for one in merged[:_MOST] for run in origins(repository, store, one)]
        notes.append(f"it merges {len(merged)} commit(s)")
    if repository.text("rev-parse", "--is-shallow-repository") == "true":
        notes.append("this clone does not hold the whole history: earlier runs may be unknown")
    if not runs:
        notes.append("no run is named: whether Codex had a part in it is unknown")
    return Trace(asked=asked, commit=commit, title=title, runs=tuple(runs), notes=tuple(notes))


def _added(repository: Git, commit: str) -> Iterator[str]:
    """Yield the runs whose statements a commit adds or changes, seen from its first parent."""
    argv = ("diff-tree", "-r", "-z", "--root", "--no-renames", "--diff-filter=AM", "--name-only", "--no-commit-id",
            "--first-parent", "-m", commit, "--", f"{PROVENANCE}/")  # fmt: skip
    for name in repository(*argv).decode(errors="surrogateescape").split("\0"):
        if match := _STATEMENT.fullmatch(name):
            yield match[1]


def _origin(repository: Git, store: record.Store, commit: str, run: str, named_by: tuple[str, ...]) -> Origin:
    known = Origin(run=run, commit=commit, named_by=named_by)
    found, data = _statement(repository, store, commit, run)
    if data is None:
        return _but(known, doubts=("its statement is not here: policy, instructions and inputs are unknown",))
    doubts = [] if found == "commit" else [f"its statement is not in the commit; it was found in: {found}"]
    try:
        stated = statement.read(data)
    except RefusedError as error:
        return _but(known, found=found, doubts=(*doubts, error.message))
    facts = _facts(stated)
    if facts["claims"] != run:
        doubts.append(f"it is the statement of run {shown(str(facts['claims']))[:60]}")
    if repository.call("merge-base", "--is-ancestor", facts["base"], commit).returncode:
        doubts.append(f"its base {facts['base'][:12]} is no ancestor of the commit")
    state, holds = _held(repository, store, commit, run, data)
    if state == "damaged":
        doubts.append("the record that lies here does not fit it")
    if holds in ("parts", "nothing"):
        doubts.append(f"the commit holds {holds} of what the run proposed")
    return _but(known, found=found, facts=facts, record=state, holds=holds, doubts=tuple(doubts))


def _but(origin: Origin, **more: Any) -> Origin:
    return Origin(**{**origin.__dict__, **more})


def _statement(repository: Git, store: record.Store, commit: str, run: str) -> tuple[str, bytes | None]:
    """Return where the statement of a run is, and its bytes: in the commit, else in HEAD, else among the records."""
    path = f"{PROVENANCE}/{run}.statement.json"
    for where, tree in (("commit", commit), ("HEAD", "HEAD")):
        row = repository.call("ls-tree", "-z", "--full-tree", tree, "--", path).stdout.split(b"\0")[0]
        if row.startswith((b"100644 blob", b"100755 blob")):
            oid = row.split(b"\t")[0].split(b" ")[2].decode()
            if int(repository.text("cat-file", "-s", oid)) <= _LARGEST:
                return where, repository.blobs([oid])[oid]
    kept = store.runs / run / record.STATEMENT
    if kept.is_file() and not kept.is_symlink() and kept.stat().st_size <= _LARGEST:
        return "records", kept.read_bytes()
    return "", None


def _facts(stated: Statement) -> dict[str, Any]:
    """Return what a statement says of policy, instructions and inputs; digests with their kind."""
    build, details = stated.predicate.build_definition, stated.predicate.run_details
    internal = build.internal_parameters
    rows = {row.name: row.digest for row in build.resolved_dependencies}
    names = ("codex.lock", "prompt", "schema", "AGENTS.md", "rules", "skills", "config", "codex")
    return {
        "claims": details.metadata.invocation_id,
        "workflow": build.external_parameters.workflow,
        "finished_on": details.metadata.finished_on,
        "builder": details.builder.id,
        "base": rows.get("base", {}).get("gitCommit", ""),
        "head": rows.get("head", {}).get("gitCommit"),
        "policy": {"model": internal.model, "effort": internal.effort, "provider": internal.provider,
                   "profile": internal.profile, "sandbox": internal.sandbox,
                   "approval_policy": internal.approval_policy, "network_access": internal.network_access,
                   "unlocked": internal.unlocked, "limits": internal.limits},
        "instructions": {name: f"sha256:{rows[name]['sha256']}" for name in names if "sha256" in rows.get(name, {})},
        "untrusted": [name.removeprefix("untrusted/") for name in rows if name.startswith("untrusted/")],
    }  # fmt: skip


def _held(repository: Git, store: record.Store, commit: str, run: str, data: bytes) -> tuple[str, str]:
    """Return the state of the record that lies here, and how much of its proposal the commit holds."""
    place = store.runs / run
    if place.is_symlink() or not place.is_dir():
        return "unknown", "unknown"
    try:
        fits = (place / record.STATEMENT).read_bytes() == data and not list(store.problems(place))
        patch = (place / PATCH).read_bytes() if fits else b""
    except FileNotFoundError:
        return "whole", "nothing proposed"
    except (OSError, RefusedError):
        return "damaged", "unknown"
    if not fits:
        return "damaged", "unknown"
    proposed = {oid.decode() for oid in _INDEX.findall(patch)}
    there = {entry.oid for entry in repository.entries(f"{commit}^{{tree}}")}
    kept = {oid for oid in proposed if oid in there or not oid.strip("0")}
    return "whole", "all" if kept == proposed else "parts" if kept else "nothing"
