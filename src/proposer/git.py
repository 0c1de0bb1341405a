"""Git, called so that nothing in a repository can run code: no hooks, no file-system monitor, no foreign settings."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proposer import process
from proposer.errors import UsageError

__all__ = ["Entry", "Git", "root_of"]

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
)  # fmt: skip
_IDENTITY = {
    "GIT_AUTHOR_NAME": "proposer", "GIT_AUTHOR_EMAIL": "proposer@localhost", "GIT_AUTHOR_DATE": "@0 +0000",
    "GIT_COMMITTER_NAME": "proposer", "GIT_COMMITTER_EMAIL": "proposer@localhost", "GIT_COMMITTER_DATE": "@0 +0000",
}  # fmt: skip


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
        """Run git and return what it printed, whatever its exit status."""
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
            **_IDENTITY,
            **self.environment,
        }
        return process.run(("git", *_HARDENED, *argv), env=env, cwd=self.cwd, stdin=stdin, timeout=600)

    def __call__(self, *argv: str, stdin: bytes = b"") -> bytes:
        """Run git and return its standard output.

        Raises:
            UsageError: git failed; the message is git's own first line.
        """
        done = self.call(*argv, stdin=stdin)
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            detail = next((line for line in lines if line.startswith(("fatal", "error"))), lines[0] if lines else "")
            raise UsageError(f"git {argv[0]} failed: {detail[:300]}", "see the message of git")
        return done.stdout

    def text(self, *argv: str, stdin: bytes = b"") -> str:
        """Run git and return its standard output as text without the final newline."""
        return self(*argv, stdin=stdin).decode(errors="surrogateescape").rstrip("\n")

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
                raise UsageError(f"object {oid} is missing", "run: git fetch --unshallow")
            size = int(header[2])
            found[oid] = data[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return found

    def tree(self, tree: str) -> dict[str, Entry]:
        """Return all entries of a tree by path."""
        return {entry.path: entry for entry in self.entries(tree)}


def root_of(folder: Path) -> Path:
    """Return the top folder of the repository that holds `folder`.

    Raises:
        UsageError: there is no repository, or git refuses it.
    """
    done = Git(cwd=folder).call("rev-parse", "--show-toplevel")
    if done.returncode == 0:
        return Path(os.fsdecode(done.stdout.rstrip(b"\n")))
    detail = done.stderr.decode(errors="replace")
    if "dubious ownership" in detail:
        raise UsageError(f"{folder} belongs to another user", "run the task as the owner of the repository")
    raise UsageError("this is not a git repository", "run: git init -b main && git add -A && git commit -m start")
