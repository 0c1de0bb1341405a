"""The checks of this repository. Developers and CI start the same sessions: `nox`, or `nox -s NAME`.

Sessions run in the environment that starts nox (README, set-up): it is made once, and what was tested is what is
installed.
"""

import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.error_on_missing_interpreters = True
{%- if cookiecutter.frontend == "nextjs" %}
nox.options.sessions = ["lint", "types", "tests", "boundaries", "migrations", "guards"]  # frontend needs Node.js
{%- endif %}

GUARDS = (
    ("codex.lock", "--check"),
    ("codex.rules",),
    ("codex.doctor",),
)
"""Tasks that must pass: what instructs Codex is what codex.lock pins, the rules hold, and the wiring works."""


def _tool(name: str) -> str:
    """Return a program of this environment, wherever PATH points."""
    return str(Path(sys.executable).with_name(name))


@nox.session
def lint(session: nox.Session) -> None:
    """Lint, and check the format."""
    session.run(_tool("ruff"), "check")
    session.run(_tool("ruff"), "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.run(_tool("mypy"))


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; arguments after `--` go to pytest."""
    session.run(_tool("pytest"), *session.posargs)


@nox.session
def boundaries(session: nox.Session) -> None:
    """Check that modules meet through their `api` alone."""
    session.run(_tool("lint-imports"))
    session.run(_tool("pytest"), "tests/test_boundaries.py")


@nox.session
def migrations(session: nox.Session) -> None:
    """Check that models and migrations agree, and that every migration goes up and down."""
    session.run(_tool("pytest"), "tests/test_migrations.py")


@nox.session
def guards(session: nox.Session) -> None:
    """Check the wiring of Codex, and that no task changes a file; `-- BASE`: also what changed since BASE."""
    before = _files(session)
    since = [(task, "--base", base) for base in session.posargs for task in ("codex.trailers", "codex.ratchet")]
    for task in (*GUARDS, *since):
        session.run(_tool("inv"), *task)
    if _files(session) != before:
        session.error("a task changed the working tree; look at: git status")


def _files(session: nox.Session) -> object:
    """Return the id of all files here that git does not ignore."""
    return session.run(_tool("inv"), "codex.untouched", silent=True)
{%- if cookiecutter.frontend == "nextjs" %}


@nox.session
def frontend(session: nox.Session) -> None:
    """Lint, check types, test and build the page; with `-- --write`, follow a change of the API first."""
    check, write = "tests/test_frontend_openapi.py", session.posargs == ["--write"]
    session.run(_tool("pytest"), "-q", check, env={"APP_WRITE_OPENAPI": "1"} if write else {})
    session.chdir("frontend")
    session.run("npm", "ci", external=True)
    for script in ("schema" if write else "schema:check", "lint", "types", "test", "build"):
        session.run("npm", "run", script, external=True, env={"NEXT_TELEMETRY_DISABLED": "1"})
{%- endif %}
