"""The one database: how connections are opened, and the two ways to begin a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

__all__ = ["Database"]

_BUSY_SECONDS = 30
_WRITES = "app_writes"


class Database:
    """Opens sessions. A module writes its own tables only, inside `writing`."""

    def __init__(self, url: str) -> None:
        """Open nothing yet; the first session connects.

        Args:
            url: `sqlite:///` and the path of a file; an absolute path makes that four slashes.
        """
        self.engine: Engine = create_engine(
            url,
            connect_args={"timeout": _BUSY_SECONDS},
            hide_parameters=True,  # values may be personal data, and errors end up in logs
        )
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for queries; whatever it changes is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all after an error."""
        engine = self.engine.execution_options(**{_WRITES: True})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:
    """Leave transactions to `_begin`, and switch on what SQLite leaves off."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE cannot get around the delete triggers
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at the start: a reader that becomes a writer half-way would fail instead of waiting."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
