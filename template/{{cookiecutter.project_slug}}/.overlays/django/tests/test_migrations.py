"""Migrations and models agree, and every migration can be undone."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import connect
from databases import NOWHERE, Server, described
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

PACKAGE = Path(__file__).parent.parent / "src" / "{{ cookiecutter.package_name }}"
HOW = "make one with: inv make-migration --message '...'"


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """Address of a database without a table, which Django uses."""
    url = server.blank()
    connect(url)
    yield url
    connect(NOWHERE)
    server.drop(url)


def go(target: tuple[str, str | None]) -> None:
    """Bring a module to one of its migrations."""
    MigrationExecutor(connection).migrate([target])


def test_no_model_lacks_its_migration(database: str) -> None:  # noqa: ARG001 - makemigrations looks into it
    told = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, no_input=True, stdout=told)
    except SystemExit:
        pytest.fail(f"models and migrations differ: {told.getvalue()}; {HOW}")


def test_every_migration_goes_down_and_up_again(empty: str) -> None:
    loader = MigrationLoader(connection)
    steps = [key for leaf in sorted(loader.graph.leaf_nodes()) for key in loader.graph.forwards_plan(leaf)]
    steps = list(dict.fromkeys(steps))
    assert steps
    last: dict[str, str] = {}
    for app, name in steps:
        go((app, last.get(app)))
        before = described(empty)
        go((app, name))
        after = described(empty)
        go((app, last.get(app)))
        assert described(empty) == before, f"{app} {name} is not undone"
        go((app, name))
        assert described(empty) == after
        last[app] = name


def test_there_is_one_line_of_migrations_in_each_module() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}, "merge them: python manage.py makemigrations --merge"


def test_a_table_is_named_after_its_module_and_refers_to_no_other() -> None:
    modules = {path.parent.name for path in PACKAGE.glob("*/api.py")}
    for model in apps.get_models():
        label = model._meta.app_label  # noqa: SLF001 - Django's documented way to look at a model
        assert label in modules
        assert model._meta.db_table.startswith(f"{label}_")  # noqa: SLF001
        for field in model._meta.get_fields():  # noqa: SLF001
            other = field.related_model
            assert not isinstance(other, type) or other._meta.app_label == label, f"{model} refers to {other}"  # noqa: SLF001
