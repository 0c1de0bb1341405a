"""Where migrations are kept, by the name of the file."""

from fnmatch import fnmatchcase

__all__ = ["holds_migrations"]

_PLACES = ("migrations/*.py", "*/migrations/*.py", "alembic/versions/*.py", "*/alembic/versions/*.py", "versions/*.py",
           "migrations/*.sql", "*/migrations/*.sql")  # fmt: skip
_BESIDE = frozenset({"__init__.py", "env.py"})


def holds_migrations(path: str) -> bool:
    """Tell whether a path is where migrations are kept."""
    name = path.rpartition("/")[2]
    return name not in _BESIDE and any(fnmatchcase(path, pattern) for pattern in _PLACES)
