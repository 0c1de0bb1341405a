"""Brings a generated repository to the installed edition of the template: merged, and held to the ratchet."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from proposer import git as gits
from proposer.config import lock as locks
from proposer.config import lockfile
from proposer.config.answers import TEMPLATE_FILE, problems
from proposer.config.lockfile import LOCK_NAME
from proposer.errors import EXIT_REFUSED, RefusedError, UsageError
from proposer.generation import bake, complete, known_answers
from proposer.git import Entry, Git, shown
from proposer.inputs import workspace as workspaces
from proposer.inputs.subject import REGULAR, changes_between, snapshot
from proposer.inputs.workspace import Workspace
from proposer.upkeep import manifest, ratchet, threeway
from proposer.upkeep.edition import Edition, fetched
from proposer.upkeep.manifest import Manifest
from proposer.upkeep.override import OVERRIDES
from proposer.upkeep.result import Result
from proposer.worktree import File, Worktree

__all__ = ["Asked", "check", "update"]

Asked = Callable[[str, str], str]
"""Called with a question that is new and its default; returns the answer."""


def check(folder: Path, *, now: Edition) -> Result:
    """Tell whether an edition, usually the installed one, makes another repository of the same answers.

    Raises:
        UsageError: this is no generated repository, a newer proposer made it, or an answer is not known any more.
    """
    recorded = _recorded(folder, now)
    with tempfile.TemporaryDirectory(prefix="proposer-update-") as scratch:
        made = bake(now.template, _answers(recorded, now, lambda _, default: default), Path(scratch))
        same = recorded.template_version == now.version and recorded.generated.files == manifest.tree_of(made)
    return Result(old=recorded.template_version, new=now.version, kind="current" if same else "available")


def update(
    folder: Path, *, now: Edition, source: str, environment: Mapping[str, str], ask: Asked, dry_run: bool
) -> Result:
    """Merge an edition of the template into a repository; nothing is committed.

    Args:
        folder: top folder of the repository.
        now: the edition, usually the installed one.
        source: where the edition that made it is found; empty: the package index.
        environment: the caller's.
        ask: asked for the answers of new questions.
        dry_run: change nothing.

    Raises:
        UsageError: not a clean checkout of a generated repository, or its old edition is not to be had.
        RefusedError: something is in the way of a file.
    """
    recorded = _recorded(folder, now)
    root = _top(folder)
    with tempfile.TemporaryDirectory(prefix="proposer-update-") as place, workspaces.opened(root) as workspace:
        _clean(workspace)
        scratch = Path(place)
        answers = _answers(recorded, now, ask)
        theirs = bake(now.template, answers, scratch / "new")
        if recorded.template_version == now.version and recorded.generated.files == manifest.tree_of(theirs):
            return Result(old=recorded.template_version, new=now.version, kind="current")
        base = _base(recorded, now, source, scratch, environment)
        result, files = _merged(workspace, base, theirs, recorded, now)
        result = replace(result, answers=tuple(sorted(answers.items() - recorded.answers.items())))
        if result.exit_code == EXIT_REFUSED or dry_run:
            return replace(result, kind="dry-run" if dry_run else result.kind)
        try:
            Worktree(root).put(files)
        except OSError as error:
            message = f"the working tree cannot be written: {error.strerror}; nothing was changed"
            raise RefusedError(message, "make room and give its owner the right to write, then run again") from error
        return result


def _recorded(folder: Path, now: Edition) -> Manifest:
    recorded = manifest.read(folder)
    if _order(recorded.template_version) > _order(now.version):
        wanted = recorded.template_version
        raise UsageError(
            f"this repository was made by proposer {wanted}, and {now.version} is installed",
            f"run: pip install 'proposer>={wanted}'",
        )
    return recorded


def _order(version: str) -> list[int]:
    return [int(part) if part.isdigit() else -1 for part in version.replace("-", ".").split(".")]


def _answers(recorded: Manifest, now: Edition, ask: Asked) -> dict[str, str]:
    """Return the recorded answers to the questions that are still asked, and answers to those that are new."""
    known = known_answers(now.template)
    answers = {name: value for name, value in recorded.answers.items() if name in known}
    if answers.get("proposer_source") == f"proposer=={recorded.template_version}":
        answers["proposer_source"] = f"proposer=={now.version}"  # it named the library that made the repository
    defaults = complete(answers, now.template)
    for name in known:
        if name not in answers:
            answers[name] = ask(name, str(defaults[name]))
    if rows := problems(answers, known):
        raise UsageError("; ".join(rows), f"mend the answer in {TEMPLATE_FILE}, commit it, and run again")
    return answers


def _top(folder: Path) -> Path:
    """Return the top folder of a repository, which an update must be started for."""
    root = gits.root_of(folder)
    if root.resolve() != folder.resolve():
        raise UsageError(f"{folder} is not the top folder of its repository ({root})", "an update needs one that is")
    if Git(cwd=root).call("rev-parse", "--verify", "--quiet", "HEAD^{commit}").returncode:
        raise UsageError("the current branch has no commit yet", "run: git add -A && git commit -m start")
    return root


def _clean(workspace: Workspace) -> None:
    """Refuse a working tree, or an index, in which something is not committed; a new override may be."""
    git = workspace.git()
    head = _head(workspace)
    for everything in (True, False):
        tree = snapshot(workspace, everything=everything)
        dirty = [shown(one.path) for one in changes_between(git, head, tree) if one.path != OVERRIDES]
        if dirty:
            more = f" (and {len(dirty) - 1} more)" if len(dirty) > 1 else ""
            raise UsageError(f"{dirty[0]} is not committed{more}", "commit or stash it, then run the update again")


def _head(workspace: Workspace) -> str:
    commit = Git(cwd=workspace.repository).text("rev-parse", "HEAD")
    return workspace.git().text("rev-parse", f"{commit}^{{tree}}")


def _base(recorded: Manifest, now: Edition, source: str, scratch: Path, environment: Mapping[str, str]) -> Path:
    """Generate anew what the repository was made as.

    The hooks of a template are programs: only those of the edition that made the repository are run.

    Raises:
        UsageError: the edition is not to be had, or another one made the repository: a merge would be wrong in silence.
    """
    version, wanted = recorded.template_version, recorded.generated
    old, hint = now, "name the one that did: proposer update --from PATH-OR-URL"
    if source or version != now.version or wanted.edition != now.digest:  # else only answers were edited
        old = fetched(version, source, scratch / "edition", environment=environment)
    if old.digest != wanted.edition:
        raise UsageError(f"the template of {old.version} that was found did not make this repository", hint)
    base = bake(old.template, wanted.answers, scratch / "old")
    made = manifest.tree_of(base)
    wrong = sorted(path for path in made.keys() | wanted.files.keys() if made.get(path) != wanted.files.get(path))
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise UsageError(f"the template of {old.version} makes another {wrong[0]} here{more}", hint)
    return base


def _merged(
    workspace: Workspace, base: Path, theirs: Path, recorded: Manifest, now: Edition
) -> tuple[Result, dict[str, tuple[File | None, File | None]]]:
    """Merge, hold the result to the ratchet, and return it with what each file must hold and shall hold."""
    git, root = workspace.git(), workspace.repository
    own = (LOCK_NAME, TEMPLATE_FILE)  # made anew, never merged
    head = _head(workspace)
    before = git.tree(head)
    lock = _lock(git, head)
    trees = [threeway.tree_of(workspace, side, own) for side in (base, theirs)]
    ours = threeway.without(workspace, head, own)
    merged = threeway.merge(workspace, base=trees[0], ours=ours, theirs=trees[1], name=f"proposer-{now.version}")
    own_entries: dict[str, Entry | None] = {path: before.get(path) for path in own}
    own_entries[TEMPLATE_FILE] = _stored(git, TEMPLATE_FILE, (theirs / TEMPLATE_FILE).read_bytes())
    tree = threeway.changed(workspace, merged.tree, own_entries)
    if lock is not None and not merged.conflicts:
        ahead = lock.codex_version if _order(lock.codex_version) > _order(lockfile.CODEX_VERSION) else ""
        pinned = locks.of_tree(git, tree)
        fresh = locks.fresh(pinned, codex_sha256=lockfile.CODEX_SHA256, defaults=lock, installed=ahead)
        tree = threeway.changed(workspace, tree, {LOCK_NAME: _stored(git, LOCK_NAME, lockfile.render(fresh).encode())})
    changes = [one for one in changes_between(git, head, tree) if {one.old_mode, one.new_mode} & set(REGULAR)]
    letters = {one.path: "C" if one.path in merged.conflicts else one.status for one in changes}
    letters |= dict.fromkeys(merged.conflicts, "C")
    result = Result(
        old=recorded.template_version, new=now.version, kind="updated", gone=tuple(map(shown, merged.gone)),
        changes=tuple(sorted((letter, shown(path)) for path, letter in letters.items())),
        weakened=_judged(git, head, tree, merged.conflicts, root),
    )  # fmt: skip
    blobs = git.blobs(sorted({oid for one in changes for oid in one.oids}))
    files = {
        one.path: (_file(one.old_mode, one.old_oid, blobs), _file(one.new_mode, one.new_oid, blobs)) for one in changes
    }
    return result, files


def _lock(git: Git, head: str) -> lockfile.Lock | None:
    """Return the lock of a commit; one that does not fit its files must not be made to fit in passing."""
    pinned = locks.of_tree(git, head)
    if pinned.lock_text is None:
        return None
    lock = locks.read(pinned.lock_text, "HEAD")
    if rows := lockfile.compare(lock, pinned.digests()):
        raise UsageError(rows[0], "look at the file, run: inv codex.lock, commit, then run the update again")
    return lock


def _stored(git: Git, path: str, data: bytes) -> Entry:
    return Entry(mode="100644", oid=git.text("hash-object", "-w", "--stdin", "--no-filters", stdin=data), path=path)


def _file(mode: str, oid: str, blobs: Mapping[str, bytes]) -> File | None:
    return File(data=blobs[oid], executable=mode == "100755") if mode in REGULAR else None


def _judged(git: Git, head: str, tree: str, conflicts: tuple[str, ...], root: Path) -> ratchet.Report:
    """Hold the result to the ratchet; files in conflict count as they were, since a person has yet to write them."""
    old, new = ratchet.files_of(git, head), ratchet.files_of(git, tree)
    for path in conflicts:
        new.pop(path, None)
        if path in old:
            new[path] = old[path]
    override = Worktree(root).read(OVERRIDES)
    if override is not None:
        new[OVERRIDES] = override.data
    return ratchet.compare(old, new, base="HEAD")
