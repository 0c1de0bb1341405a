"""Runs migrations on the database that `APP_DATABASE_URL` names, or on the connection that a test hands over."""

import os

from alembic import context
from sqlalchemy import Connection

from {{ cookiecutter.package_name }} import app
from {{ cookiecutter.package_name }}.core.api import METADATA, Database, database_url

__all__ = ["app"]  # importing it makes every module's tables known to METADATA


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def _main() -> None:
    given = context.config.attributes.get("connection")
    if isinstance(given, Connection):
        _run(given)
        return
    database = Database(database_url(os.environ))
    with database.engine.connect() as connection:
        _run(connection)
        connection.commit()
    database.close()


_main()
