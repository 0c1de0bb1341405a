"""Migrations and models agree, and every migration can be undone."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text

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


def described(connection: Connection) -> set[tuple[Any, ...]]:
    """Return everything that makes up the schema, but for Alembic's own table."""
    rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
    return {tuple(row) for row in rows if not str(row[1]).startswith("alembic_version")}


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    """A connection to a database without a table."""
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with database.engine.connect() as connection:
        yield connection
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


def test_every_migration_goes_down_and_up_again(empty: Connection) -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    before = described(empty)
    for revision in steps:
        command.upgrade(config(empty), revision)
        after = described(empty)
        assert after != before
        command.downgrade(config(empty), "-1")
        assert described(empty) == before, f"{revision} is not undone by its downgrade"
        command.upgrade(config(empty), revision)
        assert described(empty) == after
        before = after


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1, "merge them: python -m alembic merge heads"


def test_a_table_is_named_after_its_module() -> None:
    modules = {path.parent.name for path in PACKAGE.glob("*/api.py")}
    assert {table.name.partition("_")[0] for table in METADATA.sorted_tables} <= modules
