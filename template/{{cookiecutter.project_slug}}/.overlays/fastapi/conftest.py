"""Fixtures of all tests: a migrated database for each, an application on it, and a client."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient

from {{ cookiecutter.package_name }}.app import create_app
from {{ cookiecutter.package_name }}.core.api import Context, Credentials, Database, Principal, Settings

ROOT = Path(__file__).parent
TOKEN = "token-of-the-tests-" + "0" * 24
OTHER_TOKEN = "token-of-another-" + "1" * 24
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def migrations() -> Config:
    """Return the configuration of Alembic."""
    return Config(toml_file=ROOT / "pyproject.toml")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that all migrations have run on; tests get copies."""
    path = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    database = Database(f"sqlite:///{path}")
    config = migrations()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    database.close()
    return path


@pytest.fixture
def settings(migrated: Path, tmp_path: Path) -> Settings:
    """Settings with a database and a folder of statements that belong to the test."""
    shutil.copyfile(migrated, tmp_path / "app.sqlite3")
    (tmp_path / "provenance").mkdir()
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'app.sqlite3'}",
        tokens={"tests": TOKEN, "other": OTHER_TOKEN},
        provenance=tmp_path / "provenance",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database of the test."""
    database = Database(settings.database_url)
    yield database
    database.close()


@pytest.fixture
def context(settings: Settings, database: Database) -> Context:
    """The surroundings of a request, for tests below HTTP."""
    return Context(
        settings=settings,
        database=database,
        credentials=Credentials(settings.tokens),
        principal=Principal(name="tests"),
        request_id="11111111-1111-1111-1111-111111111111",
        now=NOW,
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application, at a fixed time."""
    return create_app(settings, clock=lambda: NOW)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    """A client without credentials."""
    with TestClient(app, base_url="https://testserver", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client with a good token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url="https://testserver", headers=headers, raise_server_exceptions=False) as client:
        yield client
