"""What an incident takes back: the commits that a run led to, and what changed since the last run that went well."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proposer import digests
from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME, Lock
from proposer.errors import Outcome, RefusedError
from proposer.git import Git, shown
from proposer.provenance import record, statement
from proposer.provenance.attestation import Statement
from proposer.trailers import named

__all__ = ["Commit", "Drift", "drift", "led_to"]

_MOST = 20_000
_LOCKS = 500
"""Commits that changed codex.lock and are looked at, newest first."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit that names a run; `reverted` says whether a later one takes it back."""

    oid: str
    title: str
    merge: bool
    reverted: bool

    @property
    def revert(self) -> str:
        """The command that takes it back."""
        return f"git revert --no-edit {'-m 1 ' if self.merge else ''}{self.oid}"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What differs from the last good run of the same workflow; `good` is None where there is none here.

    Attributes:
        good: that run.
        instructions: name, digest then, digest now, for each that differs.
        pins: name, value then, value now: version of Codex, model, effort.
        files: pinned files that changed, with the command that restores each; empty where the lock of then is unknown.
        lock: commit that holds the lock of then; empty: not found.
    """

    good: str | None = None
    instructions: tuple[tuple[str, str, str], ...] = ()
    pins: tuple[tuple[str, str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    lock: str = ""

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "last_good_run": self.good,
            "instructions": [{"name": name, "then": then, "now": now} for name, then, now in self.instructions],
            "pins": [{"name": name, "then": then, "now": now} for name, then, now in self.pins],
            "files": [{"file": name, "restore": command} for name, command in self.files],
            "lock_of_then": self.lock or None,
        }


def led_to(repository: Git, run: str) -> tuple[Commit, ...]:
    """Return the commits of HEAD's history that name a run by trailer or bring its statement, newest first.

    A merge that names it stands for what it merged.
    """
    path = f"provenance/{run}.statement.json"
    brings = repository.text("log", "--format=%H", "--diff-filter=A", "--no-renames", "HEAD", "--", path).split()
    says = repository.text("log", "--format=%H", "-F", f"--grep=(run {run})", "HEAD").split()
    wanted = {oid for oid in says if run in named(_message(repository, oid))} | set(brings)
    order = repository.text("rev-list", "--topo-order", f"--max-count={_MOST}", "HEAD").split() if wanted else []
    found, within = list[Commit](), set[str]()
    for oid in order:
        if oid in wanted and oid not in within:
            found.append(commit := _commit(repository, oid))
            if commit.merge:  # taking it back takes back what it merged
                within.update(repository.text("rev-list", f"--max-count={_MOST}", oid, f"^{oid}^1").split())
    return tuple(found)


def _message(repository: Git, oid: str) -> str:
    return repository("log", "-1", "--format=%B", "--encoding=UTF-8", oid).decode(errors="replace")


def _commit(repository: Git, oid: str) -> Commit:
    title, _, parents = repository.text("log", "-1", "--format=%s%x00%P", "--encoding=UTF-8", oid).partition("\0")
    words = f"This reverts commit {oid}"
    reverted = bool(repository.text("log", "--format=%H", "-F", f"--grep={words}", f"{oid}..HEAD"))
    return Commit(oid=oid, title=shown(title), merge=len(parents.split()) > 1, reverted=reverted)


def drift(repository: Git, store: record.Store, stated: Statement) -> Drift:
    """Compare a run with the last one of its workflow that went well, by their statements and locks."""
    good = next(_earlier(store, stated), None)
    if good is None:
        return Drift()
    then, now = _inputs(good), _inputs(stated)
    changed = tuple((name, then.get(name, ""), now.get(name, "")) for name in sorted(then.keys() | now.keys())
                    if then.get(name) != now.get(name))  # fmt: skip
    before, commit = _lock(repository, then.get("codex.lock", ""))
    after, _ = _lock(repository, now.get("codex.lock", ""))
    pins = tuple(row for row in _pins(good, stated) if row[1] != row[2])
    files = tuple(_files(before, after, commit)) if before and after else ()
    run = good.predicate.run_details.metadata.invocation_id
    return Drift(good=run, instructions=changed, pins=pins, files=files, lock=commit)


def _earlier(store: record.Store, stated: Statement) -> Iterator[Statement]:
    """Yield the statements of earlier runs of the same workflow that went well and verify, newest first."""
    bound = stated.predicate.run_details.metadata.invocation_id
    workflow = stated.predicate.build_definition.external_parameters.workflow
    for place in reversed(store.places()):
        if place.name >= bound:
            continue
        try:
            document = store.document(place)
            good = Outcome.named(document.run.outcome).exit_code == 0 and document.run.replay_of is None
            if document.run.name == workflow and good and not list(store.problems(place)):
                yield statement.read((place / record.STATEMENT).read_bytes())
        except (RefusedError, OSError, KeyError, ValueError):
            continue


def _inputs(stated: Statement) -> dict[str, str]:
    names = ("AGENTS.md", "codex", "codex.lock", "config", "prompt", "rules", "schema", "skills")
    rows = {row.name: row.digest.get("sha256", "") for row in stated.predicate.build_definition.resolved_dependencies}
    return {name: rows[name] for name in names if name in rows}


def _pins(good: Statement, stated: Statement) -> Iterator[tuple[str, str, str]]:
    then, now = good.predicate, stated.predicate
    for name in ("codex", "proposer"):
        yield name, then.run_details.builder.version.get(name, ""), now.run_details.builder.version.get(name, "")
    old, new = then.build_definition.internal_parameters, now.build_definition.internal_parameters
    yield "model", old.model, new.model
    yield "effort", old.effort, new.effort


def _lock(repository: Git, digest: str) -> tuple[Lock | None, str]:
    """Return the lock of a digest, and the newest commit of HEAD's history that has it."""
    argv = ("log", "--format=%H", f"--max-count={_LOCKS}", "HEAD", "--", LOCK_NAME)
    for commit in repository.text(*argv).split() if digest else ():
        done = repository.call("cat-file", "blob", f"{commit}:{LOCK_NAME}")
        if done.returncode == 0 and digests.of_bytes(done.stdout) == digest:
            try:
                return lockfile.parse(done.stdout.decode()), commit
            except ValueError:
                return None, commit
    return None, ""


def _files(before: Lock, after: Lock, commit: str) -> Iterator[tuple[str, str]]:
    for name in sorted(before.files.keys() | after.files.keys()):
        if before.files.get(name) != after.files.get(name):
            known = name in before.files
            word = json.dumps(name) if not name.isprintable() or set(name) & set(" '\"\\$`*?[]()&;|<>~#!") else name
            yield name, f"git checkout {commit} -- {word}" if known else f"git rm -- {word}"
