"""The disposable clone in which Codex works: the subject's files, the base's instructions, no remotes, no hooks."""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from proposer.errors import Outcome, StopError, UsageError
from proposer.git import Entry, Git
from proposer.inputs.subject import REGULAR, Subject, changes_between
from proposer.inputs.workspace import Workspace, borrow

__all__ = ["REMOVED", "Stage", "is_instruction", "prepare"]

REMOVED = (".codex", ".agents")
"""Folders that Codex would read from the stage, at any depth; the base's copies go into the private CODEX_HOME."""

_NAMES = frozenset({"AGENTS.md", "AGENTS.override.md", "CLAUDE.md", ".gitattributes", *REMOVED})
_TOP = ("schemas/", ".github/codex/", "tasks/", ".proposer/")
_FILES = frozenset({"proposer.toml", "codex.lock", "tasks.py", "noxfile.py",
                    "invoke.yaml", "invoke.yml", "invoke.json", "invoke.py"})  # fmt: skip
"""Beside what Codex and this library read: what decides which commands run at a desk and in CI."""
_ATTRIBUTES = "* -text !eol !filter !ident !working-tree-encoding\n"
"""Keeps git from converting files between the stage and its objects: a file that nobody wrote must not look written."""


def is_instruction(path: str, more: tuple[str, ...] = (), exact: frozenset[str] = frozenset()) -> bool:
    """Tell whether a path instructs Codex or this library, so that only the base's version may be used.

    Names are compared without regard to case: a case-insensitive file system would not tell them apart.

    Args:
        path: relative to the repository.
        more: patterns of the base's settings.
        exact: paths that the base's lock pins, whatever they look like as patterns.
    """
    if path in exact:
        return True
    folded = path.casefold()
    if {part.casefold() for part in path.split("/")} & {name.casefold() for name in _NAMES}:
        return True
    if folded.startswith(_TOP) or folded in _FILES or folded + "/" in _TOP:
        return True
    return any(fnmatchcase(path, pattern) for pattern in more)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage that was checked out. `tree` is what it holds, `touched` the instruction paths that the change names."""

    path: Path
    tree: str
    touched: tuple[str, ...]
    workspace: Workspace

    def generated(self, paths: Sequence[str]) -> set[str]:
        """Return those paths that the base's attributes mark as generated or binary (gitattributes(5)).

        The stage holds the `.gitattributes` of the base, so a change cannot hide its own files.
        """
        if not paths:
            return set()
        stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
        rows = Git(cwd=self.path)("check-attr", "--stdin", "-z", "linguist-generated", "binary", stdin=stdin).split(
            b"\0"
        )
        found = zip(rows[0::3], rows[2::3], strict=False)
        return {os.fsdecode(path) for path, value in found if value in (b"set", b"true")}

    def hidden(self, paths: Sequence[str]) -> set[str]:
        """Return those paths that the subject's ignore files hide, as they came: a model's own rules do not count."""
        if not paths:
            return set()
        with tempfile.TemporaryDirectory(dir=self.workspace.root, prefix="ignores-") as name:
            git = self.workspace.git().also(GIT_WORK_TREE=name)
            files = [
                entry for entry in git.tree(self.tree).values()
                if PurePosixPath(entry.path).name == ".gitignore" and entry.mode in REGULAR
            ]  # fmt: skip
            rules = git.blobs([entry.oid for entry in files])
            for entry in files:
                place = Path(name) / entry.path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(rules[entry.oid])
            stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
            asked = Git(cwd=Path(name), environment=git.environment)
            rows = asked.call("check-ignore", "--no-index", "-z", "--stdin", stdin=stdin).stdout.split(b"\0")
            return {os.fsdecode(row) for row in rows if row}

    def harvest(self, *, ignored: bool) -> list[str]:
        """Return what the stage holds now that differs from the tree it started with.

        The index that is used was kept outside of the stage, and the repository too: nothing that a model planted in
        the stage (settings, hooks, a nested repository) is read as such. A nested `.git` is removed, and reported as
        one added path: git would take its folder for a submodule and look away from the files in it.

        Args:
            ignored: also count files that the stage's own `.gitignore` hides (see `hidden`).

        Raises:
            StopError: the stage cannot be read back (`violated`).
        """
        planted = _unplant(self.path)
        index = self.workspace.root / "harvest.index"
        shutil.copy2(self.workspace.root / "stage.index", index)
        git = self._outside(index)
        try:
            git("add", "--all", *(["--force"] if ignored else []), "--", ":/")
            changes = changes_between(git, self.tree, git.text("write-tree"))
        except UsageError as error:
            raise StopError(
                Outcome.VIOLATED, f"the stage cannot be read back: {error.message}", "see events.jsonl"
            ) from error
        return sorted([*planted, *(change.path for change in changes)])

    def proposal(self, left_out: Collection[str]) -> str:
        """Return the tree of what was harvested last, with some paths as they were when the stage was made.

        Raises:
            StopError: there is no such tree (`violated`).
        """
        git = self._outside(self.workspace.root / "harvest.index")
        try:
            if left_out:
                before = git.tree(self.tree)
                rows = sorted(_row(path, before.get(path), len(self.tree)) for path in left_out)
                git("update-index", "-z", "--index-info", stdin=b"".join(rows))
            return git.text("write-tree")
        except UsageError as error:
            raise StopError(
                Outcome.VIOLATED, f"the stage cannot be read back: {error.message}", "see events.jsonl"
            ) from error

    def _outside(self, index: Path) -> Git:
        store = str(self.workspace.store)
        return Git(
            cwd=self.path,
            environment={"GIT_DIR": store, "GIT_WORK_TREE": str(self.path), "GIT_INDEX_FILE": str(index)},
        )


def _unplant(stage: Path) -> list[str]:
    """Remove every `.git` below the stage's own one and return the paths."""
    found = []
    for folder, folders, files in os.walk(stage):
        for name in [name for name in (*folders, *files) if name.casefold() == ".git"]:
            path = Path(folder) / name
            if name in folders:
                folders.remove(name)
            if path == stage / ".git":
                continue
            found.append(path.relative_to(stage).as_posix())
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return found


def prepare(workspace: Workspace, subject: Subject, *, instruction: Callable[[str], bool]) -> Stage:
    """Check the subject out into the stage, with the instruction paths of the base.

    Args:
        workspace: folders of the run.
        subject: what to check out.
        instruction: tells whether a path is an instruction path (`is_instruction` with the base's settings).
    """
    git = workspace.git().also(GIT_INDEX_FILE=str(workspace.root / "stage.index"))
    tree = _sanitised(git, subject, instruction)
    _clone(workspace, subject)
    stage = Git(cwd=workspace.stage)
    try:
        stage("read-tree", "--reset", "-u", tree)
    except UsageError as error:
        raise UsageError(f"the subject cannot be checked out: {error.message}", error.hint) from error
    shutil.copy2(workspace.stage / ".git" / "index", workspace.root / "stage.index")
    touched = sorted(change.path for change in subject.changes if instruction(change.path))
    return Stage(path=workspace.stage, tree=tree, touched=tuple(touched), workspace=workspace)


def _sanitised(git: Git, subject: Subject, instruction: Callable[[str], bool]) -> str:
    """Write the subject's tree with every instruction path as the base has it."""
    here, base = git.tree(subject.tree), git.tree(subject.base)
    rows: list[bytes] = []
    for path in {*filter(instruction, here), *filter(instruction, base)}:
        kept = None if _removed(path) else base.get(path)
        if here.get(path) != kept:
            rows.append(_row(path, kept, len(subject.tree)))
    git("read-tree", subject.tree)
    if rows:
        # Removals first: a file that became a folder (or the reverse) would clash otherwise.
        git("update-index", "-z", "--index-info", stdin=b"".join(sorted(rows)))
    return git.text("write-tree")


def _removed(path: str) -> bool:
    """Tell whether a path is one of the removed folders or lies in one; as a file or a link it would lead to one."""
    return bool({part.casefold() for part in path.split("/")} & set(REMOVED))


def _row(path: str, entry: Entry | None, zeros: int) -> bytes:
    """Return one line for `git update-index --index-info`: mode 0 removes the path."""
    mode, oid = (entry.mode, entry.oid) if entry else ("0", "0" * zeros)
    return f"{mode} {oid}\t".encode() + os.fsencode(path) + b"\0"


def _clone(workspace: Workspace, subject: Subject) -> None:
    """Make the stage's repository: borrowed objects, a detached HEAD, and nothing else."""
    store = workspace.git()
    name = store.object_format()
    chosen = () if name == "sha1" else (f"--object-format={name}",)
    Git(cwd=workspace.root)("init", "-q", "--template=", *chosen, str(workspace.stage))
    borrow(workspace.stage / ".git", (workspace.store / "objects", *workspace.lenders))
    for git_dir in (workspace.stage / ".git", workspace.store):
        (git_dir / "info").mkdir(exist_ok=True)
        (git_dir / "info" / "attributes").write_text(_ATTRIBUTES, encoding="ascii")
    shallow = workspace.store / "shallow"
    if shallow.exists():
        shutil.copyfile(shallow, workspace.stage / ".git" / "shallow")
    head = subject.head or store.text(
        "commit-tree", subject.tree, "-p", subject.parent, "-m", "the change under review"
    )
    (workspace.stage / ".git" / "HEAD").write_text(f"{head}\n", encoding="ascii")
