"""Fixtures of all tests: a migrated database for each, an application on it, and a client."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import databases
import django
import httpx2
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings

os.environ["DJANGO_SETTINGS_MODULE"] = "{{ cookiecutter.package_name }}.app.settings"
os.environ["APP_DATABASE_URL"] = databases.NOWHERE
django.setup()  # models can be imported only after this

from {{ cookiecutter.package_name }}.core.api import Context, Credentials, Principal, Settings  # noqa: E402
from {{ cookiecutter.package_name }}.core.database import connection_settings  # noqa: E402

TOKEN = "token-of-the-tests-" + "0" * 24
OTHER_TOKEN = "token-of-another-" + "1" * 24
NOW = dt.datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=dt.UTC)


def connect(url: str) -> None:
    """Let Django use another database, in every thread."""
    connections["default"].close()
    connections["default"].settings_dict |= connection_settings(url)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    """Where tests get their databases."""
    with databases.served(tmp_path_factory.mktemp("databases")) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(server: databases.Server) -> str:
    """Address of a database that all migrations have run on; tests get copies."""
    url = server.blank()
    connect(url)
    call_command("migrate", verbosity=0)
    connections["default"].close()
    return url


@pytest.fixture
def database(server: databases.Server, migrated: str) -> Iterator[str]:
    """Address of the database of the test, which Django uses."""
    url = server.copy(migrated)
    connect(url)
    yield url
    connect(databases.NOWHERE)
    server.drop(url)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a database and a folder of statements that belong to the test; the time stands still."""
    (tmp_path / "provenance").mkdir()
    settings = Settings(
        database_url=database, tokens={"tests": TOKEN, "other": OTHER_TOKEN}, provenance=tmp_path / "provenance"
    )
    with override_settings(APP=settings, CLOCK=lambda: NOW):
        yield settings


@pytest.fixture
def context(settings: Settings) -> Context:
    """The surroundings of a request, for tests below HTTP."""
    return Context(
        settings=settings,
        credentials=Credentials(settings.tokens),
        principal=Principal(name="tests"),
        request_id="11111111-1111-1111-1111-111111111111",
        now=NOW,
    )


@pytest.fixture
def app(settings: Settings) -> WSGIHandler:  # noqa: ARG001 - they are in force while the application is made
    """The application, at a fixed time."""
    return get_wsgi_application()


@pytest.fixture
def stranger(app: WSGIHandler) -> Iterator[httpx2.Client]:
    """A client without credentials."""
    transport = httpx2.WSGITransport(app=app, raise_app_exceptions=False)
    with httpx2.Client(transport=transport, base_url="https://testserver") as client:
        yield client


@pytest.fixture
def client(app: WSGIHandler) -> Iterator[httpx2.Client]:
    """A client with a good token."""
    transport = httpx2.WSGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(transport=transport, base_url="https://testserver", headers=headers) as client:
        yield client
