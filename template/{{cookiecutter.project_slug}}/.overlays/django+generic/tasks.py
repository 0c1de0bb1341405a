"""Tasks: `inv codex.*` comes from proposer, the rest belongs to this application. `inv --list` shows all."""

import re
import sys
from shlex import quote

from invoke import Collection, Context, task
from proposer.tasks import codex

ns = Collection(codex)
PACKAGE = "{{ cookiecutter.package_name }}"


def _python(c: Context, *argv: str) -> None:
    c.run(" ".join(map(quote, (sys.executable, *argv))), in_stream=False)


@task(help={"port": "port on this machine", "reload": "start anew when a file changes"}, auto_shortflags=False)
def serve(c: Context, port: int = 8000, reload: bool = False) -> None:
    """Serve the application on this machine; settings come from APP_* (README)."""
    argv = ["-m", "gunicorn", f"{PACKAGE}.app.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    _python(c, *argv, "--reload" if reload else "--preload")


@task(help={"module": "only this module", "name": "where to go: a migration's name, or zero"}, auto_shortflags=False)
def migrate(c: Context, module: str = "", name: str = "") -> None:
    """Bring the database that APP_DATABASE_URL names up to date, or a module of it to one of its migrations."""
    _python(c, "manage.py", "migrate", *filter(None, (module, name)))


@task(help={"message": "what changes, in a few words"}, auto_shortflags=False)
def make_migration(c: Context, message: str) -> None:
    """Write a migration for what models and database differ in; read it before it is committed."""
    name = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    _python(c, "manage.py", "makemigrations", "--no-header", "--name", name)
    _python(c, "-m", "ruff", "format", "--quiet", f"src/{PACKAGE}")


for one in (serve, migrate, make_migration):
    ns.add_task(one)
