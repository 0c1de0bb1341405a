"""Reads the committed statements."""

from pathlib import Path

from {{ cookiecutter.package_name }}.dev.domain import Run, read_statement

__all__ = ["runs"]

_SUFFIX = ".statement.json"
_MOST = 500
_LARGEST = 1_048_576


def runs(folder: Path) -> list[Run]:
    """Return the runs whose statements are in `folder`, latest name first, at most 500."""
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.name, reverse=True)
    return [_read(path) for path in files[:_MOST]]


def _read(path: Path) -> Run:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        return Run(file=path.name, sha256="", fault="cannot be opened")
    if len(data) > _LARGEST:
        return Run(file=path.name, sha256="", fault="larger than 1 MiB")
    return read_statement(path.name, data)
