"""Trees and commits as objects of real repositories, well-formed or not, for tests of what reads them."""

import hashlib
import os
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Content = bytes | str | tuple[str, bytes | str] | None
"""What a path is to hold: a file, (mode, file), (`160000`, commit id), or nothing."""


@dataclass
class Plumbing:
    """One repository; objects go in as loose ones (gitformat-loose), so that nothing checks what they hold."""

    root: Path
    home: Path
    algorithm: str = "sha1"
    known: set[str] = field(default_factory=set)

    def git(self, *argv: str, stdin: bytes = b"", check: bool = True) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@localhost",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@localhost",
            "GIT_AUTHOR_DATE": "@1 +0000",
            "GIT_COMMITTER_DATE": "@1 +0000",
        }
        done = subprocess.run(
            ["git", *argv], cwd=self.root, env=env, input=stdin, capture_output=True, check=check, timeout=60
        )
        return done.stdout.decode(errors="surrogateescape").strip()

    def object(self, kind: str, data: bytes) -> str:
        whole = f"{kind} {len(data)}\0".encode() + data
        oid = hashlib.new(self.algorithm, whole).hexdigest()
        if oid not in self.known:
            folder = self.root / ".git" / "objects"
            path = (folder if folder.is_dir() else self.root / "objects") / oid[:2] / oid[2:]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(whole, 1))
            self.known.add(oid)
        return oid

    def raw_tree(self, *entries: tuple[str, bytes | str, str]) -> str:
        """Write a tree from (mode, name, id) exactly as given: in this order, with these names."""
        rows = [
            mode.encode() + b" " + (name if isinstance(name, bytes) else name.encode()) + b"\0" + bytes.fromhex(oid)
            for mode, name, oid in entries
        ]
        return self.object("tree", b"".join(rows))

    def tree(self, files: Mapping[bytes | str, Content]) -> str:
        """Write a tree of files, folders in git's order."""
        here: dict[bytes, tuple[str, str]] = {}
        below: dict[bytes, dict[bytes | str, Content]] = {}
        for path, content in files.items():
            name, _, rest = (path if isinstance(path, bytes) else path.encode()).partition(b"/")
            if rest:
                below.setdefault(name, {})[rest] = content
            elif content is not None:
                mode, data = content if isinstance(content, tuple) else ("100644", content)
                raw = data if isinstance(data, bytes) else data.encode()
                here[name] = (mode, raw.decode() if mode == "160000" else self.object("blob", raw))
        rows = [(mode, name, oid, name) for name, (mode, oid) in here.items()]
        for name, inner in below.items():
            oid = self.tree(inner)
            if oid != EMPTY:
                rows.append(("40000", name, oid, name + b"/"))
        return self.raw_tree(*((mode, name, oid) for mode, name, oid, _ in sorted(rows, key=lambda row: row[3])))

    def commit(self, tree: str, *parents: str, message: str = "x") -> str:
        links = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *links, "-m", message)


EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def repository(root: Path, *options: str) -> Plumbing:
    """Make an empty repository."""
    root.mkdir(parents=True)
    algorithm = "sha256" if "--object-format=sha256" in options else "sha1"
    made = Plumbing(root=root, home=root.parent, algorithm=algorithm)
    made.git("init", "-q", "-b", "main", "--template=", *options, ".")
    return made
