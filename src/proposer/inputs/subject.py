"""What a run is about, resolved to object ids before anything else; the user's index and files are only read."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import UsageError
from proposer.git import Entry, Git
from proposer.inputs.workspace import Workspace

__all__ = ["Change", "Recorded", "Subject", "recall", "resolve"]

_REF = re.compile(r"[A-Za-z0-9_.@{}^~/+-]+")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed path: mode and object id on both sides (all zeros where the side has no file)."""

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The tree that a run is about.

    `base` is the trusted commit: lock, settings, prompt, schema and instructions come from it. `old` is the tree that
    the change starts from (the merge base, so that a base that went on does not show up as removals), `tree` the
    tree that it ends in, `head` the commit where the subject is one. `kind` is `commit`, `index` or `worktree`.
    """

    kind: str
    base: str
    old: str
    tree: str
    parent: str
    head: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The object ids of a subject that a record names; the fields are those of `Subject`."""

    kind: str
    base: str
    old: str
    tree: str
    parent: str
    head: str | None


def recall(workspace: Workspace, recorded: Recorded) -> Subject:
    """Find a subject again by its object ids.

    Raises:
        UsageError: objects of it are not in this repository.
    """
    git = workspace.git()
    names = {"base": recorded.base, "head": recorded.head or recorded.parent, "starting point": recorded.old,
             "tree": recorded.tree}  # fmt: skip
    for name, oid in names.items():
        whole = ("rev-list", "--objects", "--no-walk") if name in ("starting point", "tree") else ("cat-file", "-e")
        if git.call(*whole, oid).returncode == 0:
            continue
        if name == "tree" and recorded.kind != "commit":
            what = {"index": "the index", "worktree": "the working tree"}.get(recorded.kind, recorded.kind)
            raise UsageError(
                f"the run was about {what} of another moment, and git no longer has that tree ({oid[:12]})",
                "only what was committed since can be replayed; record runs of commits: --base REF --head REF",
            )
        raise UsageError(
            f"the run's {name} {oid[:12]} is not in this repository", "run: git fetch --all, or clone it anew"
        )
    return Subject(**vars(recorded), changes=tuple(changes_between(git, recorded.old, recorded.tree)))


def resolve(
    workspace: Workspace, *, base: str = "", head: str = "", staged: bool = False, default_branch: str = ""
) -> Subject:
    """Resolve what the options name to object ids.

    Args:
        workspace: takes the objects of a snapshot.
        base: revision of the trusted commit; empty: chosen by the rest.
        head: revision of the subject; empty: the working tree, or the index with `staged`.
        staged: the subject is the index, against HEAD.
        default_branch: the settings' branch; empty: origin/HEAD, main, master.

    Raises:
        UsageError: an unborn branch, a bad or missing revision, no common ancestor, options that contradict.
    """
    if staged and (base or head):
        raise UsageError("--staged cannot be combined with --base or --head", "leave one of them out")
    if head and not base:
        raise UsageError("--head needs --base", "add: --base main")
    root = workspace.repository
    user = Git(cwd=root)
    now = user.call("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if now.returncode:
        raise UsageError("the current branch has no commit yet", "run: git add -A && git commit -m start")
    current = now.stdout.decode().strip()
    git = workspace.git()
    if head:
        trusted, tip = _commit(user, base), _commit(user, head)
        tree, kind = git.text("rev-parse", f"{tip}^{{tree}}"), "commit"
        old = _merge_base(git, user, trusted, tip, base, head)
        return _subject(git, kind=kind, base=trusted, old=old, tree=tree, parent=tip, head=tip)
    if staged:
        tree = _snapshot(workspace, everything=False)
        return _subject(git, kind="index", base=current, old=current, tree=tree, parent=current, head=None)
    trusted = _commit(user, base) if base else _default(user, default_branch)
    old = _merge_base(git, user, trusted, current, base or "the default branch", "HEAD")
    # Without --base the fork point is trusted, not the tip: what a colleague pushed since is no part of this change.
    tree = _snapshot(workspace, everything=True)
    return _subject(git, kind="worktree", base=trusted if base else old, old=old, tree=tree, parent=current, head=None)


def _subject(git: Git, *, kind: str, base: str, old: str, tree: str, parent: str, head: str | None) -> Subject:
    old_tree = git.text("rev-parse", f"{old}^{{tree}}")
    changes = tuple(changes_between(git, old_tree, tree))
    return Subject(kind=kind, base=base, old=old_tree, tree=tree, parent=parent, head=head, changes=changes)


def changes_between(git: Git, old: str, new: str) -> list[Change]:
    """Return what differs between two trees (git-diff-tree(1), --raw -z), renames as removal and addition."""
    fields = git("diff-tree", "-r", "--raw", "-z", "--no-renames", "--full-index", old, new).split(b"\0")
    changes = []
    for meta, path in zip(fields[0::2], fields[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, status = meta.decode().removeprefix(":").split(" ")
        changes.append(
            Change(
                path=os.fsdecode(path),
                status=status[0],
                old_mode=old_mode,
                new_mode=new_mode,
                old_oid=old_oid,
                new_oid=new_oid,
            )
        )
    return changes


def _commit(git: Git, name: str) -> str:
    if name.startswith("-") or not _REF.fullmatch(name):
        raise UsageError(f"{name!r} is not a revision", "name a branch, a tag or a commit")
    done = git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    lines = done.stdout.decode().split()
    if done.returncode or not lines:
        shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
        hint = "run: git fetch --unshallow" if shallow else "run: git log --oneline --all, and name one of those"
        raise UsageError(f"revision {name!r} does not exist here", hint)
    return lines[-1]


def _merge_base(git: Git, user: Git, base: str, tip: str, base_name: str, tip_name: str) -> str:
    done = git.call("merge-base", base, tip)
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.decode().split()[0]
    shallow = user.text("rev-parse", "--is-shallow-repository") == "true"
    hint = "run: git fetch --unshallow" if shallow else "compare two commits of one history"
    raise UsageError(f"{base_name!r} and {tip_name!r} have no common ancestor here", hint)


def _default(git: Git, configured: str) -> str:
    for name in [configured] if configured else ["refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master"]:
        done = git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if done.returncode == 0:
            return done.stdout.decode().strip()
    tried = configured or "origin/HEAD, main, master"
    raise UsageError(
        f"no default branch found (tried {tried})", "add: --base REF, or set default_branch in proposer.toml"
    )


def _snapshot(workspace: Workspace, *, everything: bool) -> str:
    """Write the index, or the index and the working tree, as a tree, into the workspace's own object store."""
    user = Git(cwd=workspace.repository)
    index = Path(user.text("rev-parse", "--path-format=absolute", "--git-path", "index"))
    copy = workspace.root / "index"
    if index.exists():
        shutil.copyfile(index, copy)
    own = user.also(
        GIT_INDEX_FILE=str(copy),
        GIT_OBJECT_DIRECTORY=str(workspace.store / "objects"),
        GIT_ALTERNATE_OBJECT_DIRECTORIES=user.text("rev-parse", "--path-format=absolute", "--git-path", "objects"),
    )
    if everything:
        own(*_ignores(), "add", "--all", "--", ":/")
    done = own.call("write-tree")
    if done.returncode:
        raise UsageError("the index has unmerged entries", "finish the merge first: git status")
    return done.stdout.decode().strip()


def _ignores() -> tuple[str, ...]:
    """Keep the user's own ignore file in force: what it hides must not be sent to a model."""
    configured = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git" / "ignore"
    own = Git(cwd=Path.home()).also(HOME=str(Path.home()), GIT_CONFIG_GLOBAL=str(Path.home() / ".gitconfig"))
    done = own.call("config", "--global", "--path", "--get", "core.excludesFile")
    path = os.fsdecode(done.stdout.rstrip(b"\n")) if done.returncode == 0 else str(configured)
    return ("-c", f"core.excludesFile={path}")


def regular(entries: dict[str, Entry], path: str) -> Entry | None:
    """Return the entry of a regular file, or None."""
    entry = entries.get(path)
    return entry if entry is not None and entry.mode in ("100644", "100755") else None
