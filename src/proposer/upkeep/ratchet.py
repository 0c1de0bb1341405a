"""The ratchet: a repository may become stricter, and weaker only where a person says so, with a reason."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer.config.lockfile import LOCK_NAME
from proposer.config.settings import SETTINGS_NAME
from proposer.errors import EXIT_REFUSED
from proposer.git import Git, root_of
from proposer.inputs import subject, workspace
from proposer.reports.safe import log_line
from proposer.upkeep import declarations, override, pins, pipelines, profile, rulebook, watch
from proposer.upkeep.override import OVERRIDES, Override
from proposer.upkeep.pipeline import is_pipeline
from proposer.upkeep.weakening import Weakening

__all__ = ["Report", "between", "compare", "files_of"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a comparison came to: weakenings that nobody asked for, and those that a person did, with the reason."""

    base: str
    weakened: tuple[Weakening, ...]
    overridden: tuple[tuple[Weakening, str], ...] = ()
    behind: bool = False

    @property
    def exit_code(self) -> int:
        """7 where something is weaker and nobody said why."""
        return EXIT_REFUSED if self.weakened else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/ratchet/v1`)."""
        return {
            "schema": "proposer/ratchet/v1",
            "exit": self.exit_code,
            "base": self.base,
            "weakened": [one.document() for one in self.weakened],
            "overridden": [{**one.document(), "reason": reason} for one, reason in self.overridden],
        }

    def show(self, hint: str = "take each back, or record why it is wanted") -> None:
        """Print it for people; `hint` says what may be done about a weakening."""
        for one in self.weakened:
            sys.stdout.write(f"! {_line(one.line())} [{one.code} {one.id}]\n")
        for one, reason in self.overridden:
            sys.stdout.write(f"~ {_line(one.line())} [{one.code}]\n    wanted: {_line(reason)}\n")
        if not self.weakened:
            sys.stdout.write("nothing is weaker than before, but for what a person wanted\n" if self.overridden
                             else "nothing is weaker than before\n")  # fmt: skip
            return
        note = "  the base has commits that are missing here: merge or rebase first, it may be no more than that\n"
        sys.stderr.write(
            f"error: {len(self.weakened)} weakening(s)\n{note if self.behind else ''}"
            f"  {hint}, in {OVERRIDES}: [[override]] id = ... reason = ...\n"
        )


def _line(text: str) -> str:
    return " ".join(log_line(text).split())


def between(folder: Path, base: str) -> Report:
    """Compare the working tree with a commit.

    Raises:
        UsageError: no repository, no such revision, or the overrides cannot be read.
    """
    root = root_of(folder)
    user = Git(cwd=root)
    commit = subject.commit_of(user, base)
    with workspace.opened(root) as opened:
        tree = subject.snapshot(opened, everything=True)
        old, new = (files_of(opened.git(), one) for one in (commit, tree))
    behind = user.call("merge-base", "--is-ancestor", commit, "HEAD").returncode != 0
    return compare(old, new, base=commit, behind=behind)


def files_of(git: Git, tree: str) -> dict[str, bytes]:
    """Return what the ratchet looks at in a tree; a link counts for nothing, as it does for everybody else."""
    entries = {path: entry for path, entry in git.tree(tree).items() if entry.mode in subject.REGULAR}
    lock = entries.get(LOCK_NAME)
    pinned = set()
    if lock is not None:
        named = git.blobs([lock.oid])[lock.oid].decode(errors="replace")
        pinned = {path for path in entries if f'"{path}" = ' in named}
    wanted = {path: entry.oid for path, entry in entries.items() if _is_guard(path) or path in pinned}
    blobs = git.blobs(sorted(set(wanted.values())))
    return {path: blobs[oid] for path, oid in wanted.items()}


def _is_guard(path: str) -> bool:
    return (
        path in (LOCK_NAME, SETTINGS_NAME, profile.CONFIG, OVERRIDES)
        or path.startswith(".codex/rules/")
        or is_pipeline(path)
        or pins.is_requirements(path)
        or watch.is_watched(path)
    )


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes], *, base: str, behind: bool = False) -> Report:
    """Compare two sides, as `files_of` returns them.

    An override counts once: in the change that adds it.

    Args:
        old: the side that may not be weakened.
        new: the other side, with the overrides that it adds.
        base: name of the old side, for the report.
        behind: whether the old side has commits that the new one lacks.

    Raises:
        UsageError: the overrides cannot be read.
    """
    known, given = override.read(old.get(OVERRIDES)), override.read(new.get(OVERRIDES))
    added = {key: one for key, one in given.items() if key not in known}
    found = sorted(set(_weakenings(old, new, known, given)), key=lambda one: (one.path, one.code, one.what, one.now))
    wanted = tuple((one, added[one.id].reason) for one in found if one.id in added)
    return Report(
        base=base, weakened=tuple(one for one in found if one.id not in added), overridden=wanted, behind=behind
    )


def _weakenings(
    old: Mapping[str, bytes], new: Mapping[str, bytes], known: Mapping[str, Override], given: Mapping[str, Override]
) -> Iterator[Weakening]:
    yield from declarations.compare(old.get(SETTINGS_NAME), new.get(SETTINGS_NAME))
    yield from rulebook.compare(_below(old, ".codex/rules/"), _below(new, ".codex/rules/"))
    yield from profile.compare(old.get(profile.CONFIG), new.get(profile.CONFIG))
    yield from pins.compare(old, new)
    yield from pipelines.compare(old, new)
    yield from watch.compare(old, new)
    for key in sorted(known.keys() - given.keys()):
        yield Weakening(code="override", path=OVERRIDES, what=key, was=known[key].reason, now="",
                        why="why something is weaker can no longer be read")  # fmt: skip


def _below(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith(folder)}
