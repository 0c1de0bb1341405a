"""Fixtures of all tests: a migrated database for each, an application on it, and a client."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import databases
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
NOW = dt.datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=dt.UTC)


def migrations() -> Config:
    """Return the configuration of Alembic."""
    return Config(toml_file=ROOT / "pyproject.toml")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    """Where tests get their databases."""
    with databases.served(tmp_path_factory.mktemp("databases")) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(server: databases.Server) -> str:
    """Address of a database that all migrations have run on; tests get copies."""
    url = server.blank()
    database = Database(url)
    config = migrations()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    database.close()
    return url


@pytest.fixture
def settings(server: databases.Server, migrated: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a database and a folder of statements that belong to the test."""
    url = server.copy(migrated)
    (tmp_path / "provenance").mkdir()
    yield Settings(database_url=url, tokens={"tests": TOKEN, "other": OTHER_TOKEN}, provenance=tmp_path / "provenance")
    server.drop(url)


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
