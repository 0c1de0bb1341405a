"""What a run is about, resolved to object ids before anything else; the user's index and files are only read."""

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from proposer.config import settings as config
from proposer.errors import UsageError
from proposer.git import MISSING, Entry, Git
from proposer.inputs.workspace import Workspace

__all__ = ["Change", "Recorded", "Subject", "commit_of", "recall", "resolve"]

REGULAR = ("100644", "100755")
"""Modes of a file that is neither a link nor a submodule, as git prints them."""
SUBMODULE = "160000"
_REF = re.compile(r"[A-Za-z0-9_.@{}^~/+-]+")
_SUFFIX = re.compile(r"[\^~]|@\{")
_MAIN_LINES = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed path: mode and object id on both sides (all zeros where the side has no file)."""

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str

    @property
    def raw(self) -> bytes:
        """The path as git has it."""
        return os.fsencode(self.path)

    @property
    def oids(self) -> tuple[str, ...]:
        """The blobs that the change names: one for each side that has a file or a link."""
        sides = ((self.old_mode, self.old_oid), (self.new_mode, self.new_oid))
        return tuple(oid for mode, oid in sides if mode.strip("0") and mode != SUBMODULE)


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
    named_by: str = ""
    """Who named the branch that the subject is compared with, where that is worth a note."""


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
        default_branch: what the working tree's own settings say. It counts only where no main line can be found
            without it, and the subject says so: a change must not choose what it is compared with.

    Raises:
        UsageError: an unborn branch, a bad, ambiguous or missing revision, no common ancestor, options that
            contradict, or an object that this clone lacks.
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
        trusted, tip = commit_of(user, base), commit_of(user, head)
        tree, kind = git.text("rev-parse", f"{tip}^{{tree}}"), "commit"
        old = _merge_base(git, user, trusted, tip, base, head)
        return _subject(git, kind=kind, base=trusted, old=old, tree=tree, parent=tip, head=tip)
    if staged:
        tree = snapshot(workspace, everything=False)
        return _subject(git, kind="index", base=current, old=current, tree=tree, parent=current, head=None)
    trusted, named_by = (commit_of(user, base), "") if base else _default(user, default_branch)
    old = _merge_base(git, user, trusted, current, base or "the default branch", "HEAD")
    # Without --base the fork point is trusted, not the tip: what a colleague pushed since is no part of this change.
    tree = snapshot(workspace, everything=True)
    return _subject(git, kind="worktree", base=trusted if base else old, old=old, tree=tree, parent=current, head=None,
                    named_by=named_by)  # fmt: skip


def _subject(
    git: Git, *, kind: str, base: str, old: str, tree: str, parent: str, head: str | None, named_by: str = ""
) -> Subject:
    old_tree = git.text("rev-parse", f"{old}^{{tree}}")
    changes = tuple(changes_between(git, old_tree, tree))
    return Subject(kind=kind, base=base, old=old_tree, tree=tree, parent=parent, head=head, changes=changes,
                   named_by=named_by)  # fmt: skip


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


def commit_of(git: Git, name: str) -> str:
    """Return the id of the commit that a revision names.

    Raises:
        UsageError: it names none, or more than one.
    """
    if name.startswith("-") or not _REF.fullmatch(name):
        raise UsageError(f"{name!r} is not a revision", "name a branch, a tag or a commit")
    if len({_resolved(git, place) for place in _readings(git, _SUFFIX.split(name)[0])}) > 1:
        raise UsageError(f"revision {name!r} means more than one commit", "write it in full: refs/heads/... or its id")
    found = _resolved(git, name)
    if found is None:
        shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
        hint = "run: git fetch --unshallow" if shallow else "run: git log --oneline --all, and name one of those"
        raise UsageError(f"revision {name!r} does not exist here", hint)
    return found


def _readings(git: Git, name: str) -> list[str]:
    """Return the references and objects that a name may stand for (gitrevisions(7)).

    Git takes the first that it finds: whoever may push a tag could choose what `main` means.
    """
    if name.startswith("refs/") or name.endswith("HEAD") or name in ("", "@"):
        return []
    places = [f"refs/{name}", *(f"refs/{kind}/{name}" for kind in ("tags", "heads", "remotes")),
              f"refs/remotes/{name}/HEAD"]  # fmt: skip
    found = set(git.text("for-each-ref", "--format=%(refname)", *places).split("\n")) & set(places)
    if found and re.fullmatch(r"[0-9a-fA-F]{4,64}", name):
        found.update(git.text("rev-parse", f"--disambiguate={name}").split())
    return sorted(found)


def _resolved(git: Git, name: str) -> str | None:
    """Return the commit that a full reference or an object id names."""
    done = git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    lines = done.stdout.decode().split()
    return lines[-1] if done.returncode == 0 and lines else None


def _merge_base(git: Git, user: Git, base: str, tip: str, base_name: str, tip_name: str) -> str:
    done = git.call("merge-base", base, tip)
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.decode().split()[0]
    if done.returncode > 1:
        raise UsageError(f"the history between {base_name!r} and {tip_name!r} cannot be read", MISSING)
    shallow = user.text("rev-parse", "--is-shallow-repository") == "true"
    hint = "run: git fetch --unshallow" if shallow else "compare two commits of one history"
    raise UsageError(f"{base_name!r} and {tip_name!r} have no common ancestor here", hint)


def _default(git: Git, fallback: str) -> tuple[str, str]:
    """Return the tip of the main line and, where that is worth a note, who named it.

    References are written in full: a tag called `main`, or a branch called `HEAD`, must not stand in for another.
    """
    for place in _MAIN_LINES:
        found = _resolved(git, place)
        if found is not None:
            configured = _configured(git, found)
            return (_branch(git, configured) or found) if configured else found, ""
    found = _branch(git, fallback) if fallback else None
    if found is not None:
        return found, f"no main line was found; the working tree's proposer.toml named the branch {fallback}"
    tried = "".join(f"{name}, " for name in (fallback,) if name) + "origin/HEAD, main, master"
    raise UsageError(
        f"no default branch found (tried {tried})", "add: --base REF, or set default_branch in proposer.toml"
    )


def _branch(git: Git, name: str) -> str | None:
    """Return the tip of a branch, as the remote has it where there is one."""
    return _resolved(git, f"refs/remotes/origin/{name}") or _resolved(git, f"refs/heads/{name}")


def _configured(git: Git, commit: str) -> str:
    """Return the default branch that a commit's own settings name; they say nothing where they cannot be read."""
    entry = regular(git.tree(commit), config.SETTINGS_NAME)
    with contextlib.suppress(UsageError):
        return config.parse(git.blobs([entry.oid])[entry.oid]).project.default_branch if entry else ""
    return ""


def snapshot(workspace: Workspace, *, everything: bool) -> str:
    """Write the index, or the index and the working tree, as a tree, into the workspace's own object store."""
    user = Git(cwd=workspace.repository)
    index = Path(user.text("rev-parse", "--path-format=absolute", "--git-path", "index"))
    copy = workspace.root / "index"
    if index.exists():
        shutil.copy2(index, copy)  # with its time, by which git knows entries that are too young to be trusted
    # The store borrows the user's objects, so what is there already is not written again.
    own = user.also(GIT_INDEX_FILE=str(copy), GIT_OBJECT_DIRECTORY=str(workspace.store / "objects"))
    if everything:
        own(*_ignores(), "add", "--all", "--", ":/")
    done = own.call("write-tree")
    if done.returncode:
        raise UsageError("the index has unmerged entries", "finish the merge first: git status")
    return done.stdout.decode().strip()


def _ignores() -> tuple[str, ...]:
    """Keep the user's own ignore file in force: what it hides must not be sent to a model."""
    with contextlib.suppress(RuntimeError):  # a user without a home has no settings
        home = Path(os.environ.get("HOME") or Path.home())
        configured = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "git"
        for settings in (home / ".gitconfig", configured / "config"):
            own = Git(cwd=Path("/")).also(HOME=str(home), GIT_CONFIG_GLOBAL=str(settings))
            done = own.call("config", "--global", "--path", "--get", "core.excludesFile")
            if done.returncode == 0:
                path = os.fsdecode(done.stdout.removesuffix(b"\n"))
                return ("-c", f"core.excludesFile={path}")
        return ("-c", f"core.excludesFile={configured / 'ignore'}")
    return ()


def regular(entries: dict[str, Entry], path: str) -> Entry | None:
    """Return the entry of a regular file, or None."""
    entry = entries.get(path)
    return entry if entry is not None and entry.mode in REGULAR else None
