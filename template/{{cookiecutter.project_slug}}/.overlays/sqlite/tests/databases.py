"""Databases for tests: SQLite files below pytest's folder."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

__all__ = ["NOWHERE", "Server", "described", "served"]

NOWHERE = "sqlite:////nonexistent/app.sqlite3"
"""Address of no database, for code that needs one and must not open it."""
_SCHEME = "sqlite:///"


class Server:
    """Makes databases; each is known by its address."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0

    def blank(self) -> str:
        """Return the address of a new database without a table."""
        self._made += 1
        return f"{_SCHEME}{self._folder / f'{self._made}.sqlite3'}"

    def copy(self, url: str) -> str:
        """Return the address of a copy of a database that nobody is connected to."""
        copy = self.blank()
        shutil.copyfile(url.removeprefix(_SCHEME), copy.removeprefix(_SCHEME))
        return copy

    def drop(self, url: str) -> None:
        """Delete a database."""
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix(_SCHEME) + suffix).unlink(missing_ok=True)


def described(url: str) -> set[tuple[object, ...]]:
    """Return all that makes up the schema of a database, but for what counts its migrations."""
    with closing(sqlite3.connect(url.removeprefix(_SCHEME))) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    return {row for row in rows if not str(row[1]).startswith(("alembic_version", "django_migrations"))}


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Give what makes databases.

    Args:
        folder: where they are kept.
    """
    yield Server(folder)
