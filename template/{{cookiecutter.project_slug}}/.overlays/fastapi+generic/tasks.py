"""Tasks: `inv codex.*` comes from proposer, the rest belongs to this application. `inv --list` shows all."""

import sys
from shlex import quote

from invoke import Collection, Context, task
from proposer.tasks import codex

ns = Collection(codex)
APP = "{{ cookiecutter.package_name }}.app:create"


def _python(c: Context, *argv: str) -> None:
    c.run(" ".join(map(quote, (sys.executable, "-m", *argv))), in_stream=False)


@task(help={"port": "port on this machine", "reload": "start anew when a file changes"}, auto_shortflags=False)
def serve(c: Context, port: int = 8000, reload: bool = False) -> None:
    """Serve the application on this machine; settings come from APP_* (README)."""
    argv = ["uvicorn", APP, "--factory", "--host", "127.0.0.1", "--port", str(port)]
    _python(c, *argv, *(["--reload"] if reload else []))


@task(help={"revision": "where to go: head, a revision, -1 for one back"}, auto_shortflags=False)
def migrate(c: Context, revision: str = "head") -> None:
    """Bring the database that APP_DATABASE_URL names to a revision."""
    direction = "downgrade" if revision.startswith("-") or revision == "base" else "upgrade"
    _python(c, "alembic", direction, "--", revision)


@task(help={"message": "what changes, in a few words"}, auto_shortflags=False)
def make_migration(c: Context, message: str) -> None:
    """Write a migration for what models and database differ in; read it before it is committed."""
    _python(c, "alembic", "revision", "--autogenerate", "--message", message)


for one in (serve, migrate, make_migration):
    ns.add_task(one)
