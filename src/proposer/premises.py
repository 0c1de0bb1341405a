"""What a run stands on: its subject, the lock and files that count, the texts that came with it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from proposer.chronicle import Chronicle
from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.config.lockfile import Lock
from proposer.errors import RefusedError, UsageError
from proposer.git import shown
from proposer.inputs import subject as subjects
from proposer.inputs import untrusted
from proposer.inputs import workspace as workspaces
from proposer.outputs.redact import Redactor, leaves, secret_values
from proposer.provenance import record as records
from proposer.relay import provider as providers
from proposer.relay.places import OBJECTS
from proposer.request import Request

__all__ = ["asset", "cleaned", "damage", "locked", "objects", "read", "refreshed", "revealed", "secrets", "subject"]

_MAX_TEXT_BYTES = 4 * 1024 * 1024


def secrets(environment: Mapping[str, str]) -> list[str]:
    """Return what must stand nowhere: secrets of the environment, and keys as they are and as they are used."""
    keys = [environment[name] for name in providers.KEY_NAMES if environment.get(name)]
    return [*keys, *(key.strip() for key in keys), *secret_values(environment)]


def revealed(provider: providers.Provider) -> list[str]:
    """Return the secrets that a provider works with: its key, or the tokens of a login as they are now."""
    if provider.key is not None:
        return [provider.key.reveal()]
    return leaves(provider.login.text()) if provider.login is not None else []


def refreshed(provider: providers.Provider, redactor: Redactor, values: list[str]) -> Redactor:
    """Return a redactor that also knows the tokens which a run refreshed; they are added to `values`."""
    if provider.login is None or not (new := [value for value in revealed(provider) if value not in values]):
        return redactor
    values += new
    return redactor.with_values(values)


def subject(root: Path, request: Request, workspace: workspaces.Workspace) -> subjects.Subject:
    """Resolve what the request names."""
    return subjects.resolve(
        workspace, base=request.base, head=request.head, staged=request.staged, default_branch=_branch(root, request)
    )


def _branch(root: Path, request: Request) -> str:
    """Return the default branch that the working tree's settings name; unreadable ones name none."""
    if request.base or request.staged:
        return ""
    try:
        settings = locks.of_worktree(root).settings
        return config.parse(settings).project.default_branch if settings else ""
    except UsageError:
        return ""


def locked(
    root: Path, request: Request, workspace: workspaces.Workspace, subject: subjects.Subject, chronicle: Chronicle
) -> tuple[locks.Pinned, Lock]:
    """Return the pinned files and the lock that count: the base's, or the working tree's where the base has none.

    Raises:
        UsageError: there is no lock, or it cannot be read.
    """
    if request.unlocked:
        chronicle.note("unlocked: files of the working tree were used, whatever codex.lock says")
        pinned, where = locks.of_worktree(root), "the working tree"
    else:
        pinned, where = locks.of_tree(workspace.git(), subject.base), f"base {subject.base[:12]}"
        if pinned.lock_text is None:
            here = locks.of_worktree(root)
            if here.lock_text is not None:
                chronicle.note("the base has no codex.lock: lock and instructions of the working tree were used")
                chronicle.notes.lock_from = "worktree"
                pinned, where = here, "the working tree"
    return pinned, locks.read(pinned.lock_text, where)


def asset(pinned: locks.Pinned, path: str) -> bytes:
    """Return a pinned file.

    Raises:
        UsageError: it is not among them.
    """
    try:
        return pinned.files[path]
    except KeyError:
        raise UsageError(f"{path} is named in proposer.toml and missing in the base", "commit the file first") from None


def objects(workspace: workspaces.Workspace) -> dict[str, Path]:
    """Return names for the folders of borrowed objects; most repositories have one."""
    first, *more = workspace.lenders
    return {OBJECTS: first, **{f"{OBJECTS[:-1]}-{number}>": path for number, path in enumerate(more, 2)}}


def damage(root: Path) -> Callable[[Path], str]:
    """Return what says what is wrong with the folder of a record; empty: nothing."""

    def damage(folder: Path) -> str:
        try:
            return next(records.Store(root).damage(folder), "")
        except RefusedError as error:
            return error.message

    return damage


def read(path: Path) -> str:
    """Return an untrusted text; what is beyond a few megabytes would be cut anyway.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(_MAX_TEXT_BYTES).decode(errors="surrogateescape")
    except OSError as error:
        raise UsageError(f"--text {path} cannot be read: {error.strerror}", "name an existing file") from error


def cleaned(text: str, redactor: Redactor) -> untrusted.Cleaned:
    """Return an untrusted text as it is sent: a secret may be held together only by what cleaning removes."""
    once = untrusted.examine(shown(text))
    twice = untrusted.examine(redactor.text(once.text))
    return untrusted.Cleaned(text=twice.text, removed=tuple(dict.fromkeys((*once.removed, *twice.removed))))
