"""Migrations and models agree, and every migration can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import Server, described
from sqlalchemy import CheckConstraint, Connection, inspect

from {{ cookiecutter.package_name }}.core.api import METADATA, Database

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "{{ cookiecutter.package_name }}"
HOW = "make one with: inv make-migration --message '...'"


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, on a connection."""
    made = Config(toml_file=ROOT / "pyproject.toml")
    if connection is not None:
        made.attributes["connection"] = connection
    return made


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """Address of a database without a table."""
    url = server.blank()
    yield url
    server.drop(url)


def go(url: str, revision: str) -> None:
    """Bring a database up to a revision, or down by one with `-1`."""
    database = Database(url)
    with database.engine.connect() as connection:
        (command.downgrade if revision == "-1" else command.upgrade)(config(connection), revision)
        connection.commit()
    database.close()


def test_no_model_lacks_its_migration(database: Database) -> None:
    with database.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)
    assert not difference, f"models and migrations differ: {difference}; {HOW}"


def test_check_constraints_of_models_and_database_agree(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in METADATA.sorted_tables:
        wanted = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        found = {str(one["name"]) for one in inspector.get_check_constraints(table.name)}
        assert wanted == found, f"{table.name}: {HOW}"


def test_every_migration_goes_down_and_up_again(empty: str) -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    before = described(empty)
    for revision in steps:
        go(empty, revision)
        after = described(empty)
        assert after != before
        go(empty, "-1")
        assert described(empty) == before, f"{revision} is not undone by its downgrade"
        go(empty, revision)
        assert described(empty) == after
        before = after


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1, "merge them: python -m alembic merge heads"


def test_a_table_is_named_after_its_module() -> None:
    modules = {path.parent.name for path in PACKAGE.glob("*/api.py")}
    assert {table.name.partition("_")[0] for table in METADATA.sorted_tables} <= modules
