"""What an edition of the template is made of, as one digest: no hook of another one is run in its place.

Standard library only: the generation hook loads this file by path.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["digest"]

KINDS = ("template", "prompts", "skills", "schemas")
LIBRARY = ("__init__.py", "config/answers.py", "config/editions.py", "config/lockfile.py")
"""Files of the library that the hooks run or read."""


def digest(root: Path, library: Path) -> str:
    """Return the SHA-256 over names and bytes of all files that generating reads.

    Args:
        root: the folder that holds the folders `KINDS`.
        library: the folder of the package `proposer`.

    Raises:
        OSError: a file cannot be read.
    """
    total = hashlib.sha256()
    for name, path in sorted(_files(root, library)):
        data = path.read_bytes()
        total.update(f"{name}\0{len(data)}\0".encode())
        total.update(data)
    return total.hexdigest()


def _files(root: Path, library: Path) -> Iterator[tuple[str, Path]]:
    for kind in KINDS:
        for path in (root / kind).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path
    for name in LIBRARY:
        if (library / name).is_file():
            yield f"proposer/{name}", library / name
