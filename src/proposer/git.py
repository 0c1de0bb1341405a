"""Git, called so that nothing in a repository can run code: no hooks, no file-system monitor, no foreign settings."""

import functools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proposer import process
from proposer.errors import UsageError

__all__ = ["Entry", "Git", "root_of", "shown"]

_HARDENED = (
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.untrackedCache=false",
    "-c", "core.splitIndex=false",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
    "-c", "protocol.allow=never",
    "-c", "diff.external=",
    "-c", "submodule.recurse=false",
    "-c", "advice.detachedHead=false",
    "-c", "core.quotePath=false",
    # What a commit points to stands in the commit, not in an index that anybody may have written.
    "-c", "core.commitGraph=false",
)  # fmt: skip
_IDENTITY = {
    "GIT_AUTHOR_NAME": "proposer", "GIT_AUTHOR_EMAIL": "proposer@localhost", "GIT_AUTHOR_DATE": "@0 +0000",
    "GIT_COMMITTER_NAME": "proposer", "GIT_COMMITTER_EMAIL": "proposer@localhost", "GIT_COMMITTER_DATE": "@0 +0000",
}  # fmt: skip

_USERS = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "PATH")
"""Variables that decide where git looks for the user's own settings."""

MISSING = (
    "this clone lacks objects; shallow, run: git fetch --unshallow; partial, run: git fetch --refetch --no-filter, "
    "or clone again without --filter"
)
"""What helps where a clone does not hold the whole history."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a tree: mode as git prints it, object id, and the path relative to the root."""

    mode: str
    oid: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Git:
    """Git in one folder; `environment` adds `GIT_*` variables (another index, another object store)."""

    cwd: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def also(self, **environment: str) -> "Git":
        """Return the same with more `GIT_*` variables."""
        return Git(cwd=self.cwd, environment={**self.environment, **environment})

    def call(self, *argv: str, stdin: bytes = b"") -> process.Finished:
        """Run git and return what it printed, whatever its exit status.

        Raises:
            UsageError: git cannot be started.
        """
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            **_IDENTITY,
            **self.environment,
        }
        options = (*_HARDENED, *_vouched(*(os.environ.get(name) for name in _USERS)))
        return process.run(("git", *options, *argv), env=env, cwd=self.cwd, stdin=stdin, timeout=600)

    def __call__(self, *argv: str, stdin: bytes = b"") -> bytes:
        """Run git and return its standard output.

        Raises:
            UsageError: git failed; the message is git's own first line.
        """
        done = self.call(*argv, stdin=stdin)
        if done.returncode:
            command = next((word for word in argv if not word.startswith("-") and "=" not in word), argv[0])
            raise UsageError(f"git {command} failed: {_detail(done.stderr)}", _hint(done.stderr))
        return done.stdout

    def text(self, *argv: str, stdin: bytes = b"") -> str:
        """Run git and return its standard output as text without the final newline."""
        return self(*argv, stdin=stdin).decode(errors="surrogateescape").removesuffix("\n")

    def entries(self, tree: str) -> Iterator[Entry]:
        """Yield every file of a tree, at any depth, in git's order."""
        for row in self("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            if row:
                head, _, path = row.partition(b"\t")
                mode, _, oid = head.decode().split(" ")
                yield Entry(mode=mode, oid=oid, path=os.fsdecode(path))

    def blobs(self, oids: list[str]) -> dict[str, bytes]:
        """Return the bytes of each object, read in one process."""
        if not oids:
            return {}
        data = self("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode())
        found: dict[str, bytes] = {}
        at = 0
        for oid in oids:
            end = data.index(b"\n", at)
            header = data[at:end].split(b" ")
            if header[-1] == b"missing":
                raise UsageError(f"object {oid} is missing from this clone", MISSING)
            size = int(header[2])
            found[oid] = data[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return found

    def tree(self, tree: str) -> dict[str, Entry]:
        """Return all entries of a tree by path.

        Raises:
            UsageError: there is no such tree, or it names a path twice: git would show one and check out the other.
        """
        found: dict[str, Entry] = {}
        for entry in self.entries(tree):
            if entry.path in found:
                raise UsageError(f"tree {tree[:12]} names {shown(entry.path)!r} twice", "make the commit anew with git")
            found[entry.path] = entry
        return found

    def object_format(self) -> str:
        """Return the hash that names objects: `sha1` or `sha256`."""
        return self.text("rev-parse", "--show-object-format")


def shown(name: str) -> str:
    """Return a file name as people, models and JSON can read it: bytes that are not UTF-8 become escapes."""
    try:
        raw = name.encode(errors="surrogateescape")
    except UnicodeEncodeError:  # not a name from this machine
        raw = name.encode(errors="backslashreplace")
    return raw.decode(errors="backslashreplace")


@functools.cache
def _vouched(*values: str | None) -> tuple[str, ...]:
    """Return the folders of other users that this user has declared safe, as options (git-config(1), safe.directory).

    It is the one setting of the user's own that is taken over: git itself takes it from no repository.
    """
    env = {name: value for name, value in zip(_USERS, values, strict=True) if value is not None}
    done = process.run(("git", "config", "--null", "--get-all", "safe.directory"), env=env, cwd=Path("/"), timeout=60)
    folders = [os.fsdecode(row) for row in done.stdout.split(b"\0")[:-1]] if done.returncode == 0 else []
    return tuple(word for folder in folders for word in ("-c", f"safe.directory={folder}"))


def _detail(stderr: bytes) -> str:
    lines = stderr.decode(errors="backslashreplace").strip().split("\n")
    return next((line for line in lines if line.startswith(("fatal", "error"))), lines[0])[:300]


def _hint(stderr: bytes) -> str:
    words = (b"promisor", b"unable to read", b"missing blob", b"bad object", b"not allowed", b"Could not read")
    return MISSING if any(part in stderr for part in words) else "see the message of git"


def root_of(folder: Path) -> Path:
    """Return the top folder of the repository that holds `folder`.

    Raises:
        UsageError: there is no repository, it has no working tree, or git refuses it.
    """
    git = Git(cwd=folder)
    done = git.call("rev-parse", "--show-toplevel")
    if done.returncode == 0:
        root = Path(os.fsdecode(done.stdout.removesuffix(b"\n")))
        place = git.text("rev-parse", "--absolute-git-dir")
        if Git(cwd=root).call("rev-parse", "--absolute-git-dir").stdout.removesuffix(b"\n") == os.fsencode(place):
            return root
        raise UsageError(
            f"the working tree of {shown(place)} is elsewhere ({shown(str(root))})",
            "run the task in an ordinary checkout: git clone, or git worktree add",
        )
    if b"dubious ownership" in done.stderr:
        raise UsageError(
            f"{shown(str(folder))} belongs to another user",
            f"run the task as the owner, or: git config --global --add safe.directory {shown(str(folder))}",
        )
    if b"not a git repository" in done.stderr:
        raise UsageError("this is not a git repository", "run: git init -b main && git add -A && git commit -m start")
    if b"must be run in a work tree" in done.stderr:
        bare = git.text("rev-parse", "--is-bare-repository") == "true"
        hint = "run: git config core.bare false" if (folder / ".git").is_dir() else "run: git worktree add ../work"
        raise UsageError(
            "this repository has no working tree" if bare else "this folder belongs to git itself",
            f"{hint}, and run the task there" if bare else "run the task in the working tree",
        )
    raise UsageError(f"git refuses this repository: {_detail(done.stderr)}", "see the message of git")
