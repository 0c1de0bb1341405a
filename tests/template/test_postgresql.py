"""The database postgresql: what its server guards is tested on a server, and the tests notice when a guard is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bench import Bench

Benches = Callable[..., Bench]
DATABASE = {"database": "postgresql"}
ALEMBIC, DJANGO = "migrations/versions/0002_finance.py", "src/PKG/finance/migrations/0002_guards.py"
MUTATIONS = {
    "fastapi: the sum is not compared": ("fastapi", ALEMBIC, "sum(minor_units) <> 0", "false"),
    "fastapi: an entry does not wait": ("fastapi", ALEMBIC, " FOR SHARE", ""),
    "fastapi: entries can be truncated": ("fastapi", ALEMBIC, "BEFORE TRUNCATE ON finance_entry",
                                          "AFTER TRUNCATE ON finance_account"),
    "fastapi: audit rows can be changed": ("fastapi", "migrations/versions/0001_core.py", '("UPDATE", "ROW"), ', ""),
    "fastapi: a key is not unique": ("fastapi", "migrations/versions/0001_core.py", '"scope", "key", name',
                                     '"number", name'),
    "django: the sum is not compared": ("django", DJANGO, "sum(minor_units) <> 0", "false"),
    "django: an entry does not wait": ("django", DJANGO, " FOR SHARE", ""),
    "django: a posted entry can be deleted": ("django", DJANGO, "finance_entry_no_delete BEFORE DELETE",
                                              "finance_entry_no_delete BEFORE UPDATE"),
    "django: audit rows can be changed": ("django", "src/PKG/core/migrations/0002_guards.py", "BEFORE UPDATE ON",
                                          "BEFORE DELETE ON"),
}  # fmt: skip


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_generated_tests_notice_that(bench: Benches, what: str) -> None:
    stack, name, old, new = MUTATIONS[what]
    repository = bench(stack=stack, **DATABASE)
    repository.edit(name, old, new)
    done = repository.run("pytest", "-q", "-x", "src")
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout


def test_an_address_of_no_postgresql_stops_the_start_with_its_setting(bench: Benches) -> None:
    repository = bench(stack="django", **DATABASE)
    done = repository.run("python", "manage.py", "check", APP_DATABASE_URL="mysql://x")
    assert done.returncode != 0
    assert "APP_DATABASE_URL is no address of PostgreSQL" in done.stderr


def test_a_server_that_is_missing_is_named_with_what_to_do(bench: Benches) -> None:
    repository = bench(**DATABASE)
    repository.edit("tests/databases.py", '"/usr/lib/postgresql"', '"/nonexistent"')
    repository.edit("tests/databases.py", 'shutil.which("initdb")', 'shutil.which("no-initdb")')
    done = repository.run("pytest", "-q", "-x", "tests/test_migrations.py")
    assert done.returncode == 1
    assert "apt install postgresql" in done.stdout


def test_the_database_of_a_laptop_is_reachable_from_there_alone(baked: Callable[..., Path]) -> None:
    compose = yaml.safe_load((baked(**DATABASE) / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["database"]["ports"] == ["127.0.0.1:5432:5432"]
    assert not (baked() / "compose.yaml").exists()
