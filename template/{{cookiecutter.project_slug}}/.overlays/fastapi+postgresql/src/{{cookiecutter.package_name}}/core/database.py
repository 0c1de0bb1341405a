"""The one database: how connections are opened, and the two ways to begin a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

__all__ = ["Database"]

_KEPT_OPEN, _MORE = 10, 30
"""Connections; together as many as FastAPI has threads."""


class Database:
    """Opens sessions. A module writes its own tables only, inside `writing`."""

    def __init__(self, url: str) -> None:
        """Open nothing yet; the first session connects.

        Args:
            url: address in libpq's form, such as `postgresql://user@host:5432/name`.
        """
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=_KEPT_OPEN,
            max_overflow=_MORE,
            pool_pre_ping=True,  # the server may have been started anew meanwhile
            hide_parameters=True,  # values may be personal data, and errors end up in logs
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for queries; whatever it changes is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all after an error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()
