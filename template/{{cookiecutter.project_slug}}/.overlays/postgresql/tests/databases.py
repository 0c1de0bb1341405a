"""Databases for tests, on a PostgreSQL server that is started for them, or the one that APP_TEST_DATABASE_URL names."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

__all__ = ["NOWHERE", "Server", "described", "served"]

NOWHERE = "postgresql://nobody@/nothing?host=/nonexistent"
"""Address of no database, for code that needs one and must not open it."""
_NEEDED = "tests need the server programs of PostgreSQL (Debian: apt install postgresql), or APP_TEST_DATABASE_URL"
_CONFIGURATION = """
listen_addresses = ''
port = 5432
unix_socket_directories = '{folder}'
max_connections = 60
fsync = off
full_page_writes = off
synchronous_commit = off
"""
_SCHEMA: tuple[LiteralString, ...] = (
    """SELECT 'column', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
       FROM information_schema.columns WHERE table_schema = 'public'""",
    """SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'""",
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'sequence', sequencename::text FROM pg_sequences WHERE schemaname = 'public'",
)


class Server:
    """Makes databases; each is known by its address."""

    def __init__(self, url: str) -> None:
        self._url, self._made = url, 0
        self._prefix = f"test_{uuid.uuid4().hex[:12]}"

    def blank(self) -> str:
        """Return the address of a new database without a table."""
        name = self._next()
        self._execute("CREATE DATABASE {}", name)
        return self._at(name)

    def copy(self, url: str) -> str:
        """Return the address of a copy of a database that nobody is connected to."""
        name = self._next()
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, _name(url))
        return self._at(name)

    def drop(self, url: str) -> None:
        """Delete a database, connections to it included."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _name(url))

    def clear(self) -> None:
        """Delete all databases that were made."""
        for number in range(1, self._made + 1):
            self.drop(self._at(f"{self._prefix}_{number}"))

    def _next(self) -> str:
        self._made += 1
        return f"{self._prefix}_{self._made}"

    def _at(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def described(url: str) -> set[tuple[object, ...]]:
    """Return all that makes up the schema of a database, but for what counts its migrations."""
    with psycopg.connect(url) as connection:
        rows = [row for query in _SCHEMA for row in connection.execute(query)]
    return {row for row in rows if not str(row[1]).startswith(("alembic_version", "django_migrations"))}


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Give what makes databases, on a server that ends with the tests.

    Args:
        folder: where the server's log is copied to when it does not start.
    """
    if url := os.environ.get("APP_TEST_DATABASE_URL"):
        server = Server(url)
        yield server
        server.clear()
        return
    # Not below pytest's folder: the path of a socket must be short, and another user has to get there.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        home, log = Path(name), folder / "postgresql.log"
        user = _unprivileged()
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        programs = _programs()
        data = str(home / "data")
        _run(user, home, log, str(programs / "initdb"), "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8",
             "--no-locale", "--no-sync")  # fmt: skip
        with (home / "data" / "postgresql.auto.conf").open("a", encoding="utf-8") as stream:
            stream.write(_CONFIGURATION.format(folder=home))
        control = [str(programs / "pg_ctl"), "-D", data, "-w", "-t", "120"]
        _run(user, home, log, *control, "-l", str(home / "server.log"), "start")
        try:
            yield Server(f"postgresql://app@/postgres?host={home}&port=5432")
        finally:
            _run(user, home, log, *control, "-m", "immediate", "stop")


def _programs() -> Path:
    """Return the folder of the server's programs; Debian keeps them off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    program = found[-1] if found else shutil.which("initdb")
    if program is None:
        raise RuntimeError(_NEEDED)
    return Path(program).parent


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom the server runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(user: pwd.struct_passwd | None, home: Path, log: Path, *argv: str) -> None:
    with log.open("ab") as stream:  # a file: the server would hold a pipe open
        done = subprocess.run(  # noqa: S603 - our own words
            argv,
            cwd=home,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
            check=False,
        )
    if done.returncode != 0:
        server = home / "server.log"
        told = log.read_text(encoding="utf-8") + (server.read_text(encoding="utf-8") if server.exists() else "")
        raise RuntimeError(f"{Path(argv[0]).name} ended with {done.returncode}: {told}")
