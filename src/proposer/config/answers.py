"""The template's questions: defaults, allowed values, and all problems in one message.

Standard library only: the generation hook loads this file by path.
"""

import keyword
import re
import sys
from collections.abc import Mapping

__all__ = ["CHOICES", "TEMPLATE_FILE", "problems"]

TEMPLATE_FILE = ".proposer-template.json"

CHOICES = {
    "stack": ("fastapi", "django"),
    "domain": ("finance", "generic"),
    "database": ("sqlite",),
    "frontend": ("none",),
    "ci": ("github",),
    "automation": ("comment", "analyse", "propose", "branch"),
    "key_broker": ("builtin", "codex-action"),
    "license": ("Apache-2.0", "MIT", "Proprietary"),
}
"""Allowed values of the closed questions; the first is the default."""

_PATTERNS = {
    "project_slug": (
        re.compile(r"(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*"),
        "at most 50 characters: lower-case words joined by dashes, such as ledger-app",
    ),
    "package_name": (
        re.compile(r"[a-z][a-z0-9_]{0,39}"),
        "at most 40 characters: a Python identifier in lower case, such as ledger_app",
    ),
    "model": (re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"), "a model slug, such as gpt-5.5"),
    "effort": (re.compile(r"[a-z]+"), "a reasoning effort, such as medium"),
    "author_email": (
        re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
        "an address such as dev@example.com",
    ),
    "proposer_source": (
        re.compile(r"proposer\s*([=<>!~@\[].+)?|/.+|(git\+)?(https?|ssh|file)://.+"),
        "a requirement such as proposer==0.1.0, an absolute path or a URL",
    ),
}
_TAKEN = frozenset({
    "proposer", "tests", "test", "src", "docs", "site", "migrations", "conftest", "expectations", "tasks", "noxfile",
    "core", "finance", "dev", "example", "alembic", "django", "fastapi", "httpx2", "importlinter", "invoke", "jinja2",
    "markupsafe", "mypy", "ninja", "nox", "pip", "pre_commit", "pydantic", "pytest", "ruff", "setuptools",
    "sqlalchemy", "starlette", "uvicorn", "wheel",
})  # fmt: skip
"""Names that stand for something else in a generated repository or its environment."""
_LONGEST = 200


def problems(answers: Mapping[str, str]) -> list[str]:
    """Return one sentence for each answer that cannot be used, with what is allowed; empty where all are good."""
    rows = []
    for name, value in answers.items():
        if not isinstance(value, str):
            continue
        if len(value) > _LONGEST or any(not c.isprintable() for c in value):
            rows.append(f"{name} must be printable text of at most {_LONGEST} characters")
        elif name in CHOICES and value not in CHOICES[name]:
            rows.append(f"{name} is {value!r}; allowed: {', '.join(CHOICES[name])}")
        elif name in _PATTERNS and not _PATTERNS[name][0].fullmatch(value):
            rows.append(f"{name} is {value!r}; wanted: {_PATTERNS[name][1]}")
    for name in ("project_slug", "package_name"):
        value = answers.get(name, "")
        module = value.replace("-", "_")
        if module in _TAKEN or keyword.iskeyword(module) or module in sys.stdlib_module_names:
            rows.append(f"{name} is {value!r}, which is taken; wanted: a name of your own")
    rows.extend(
        f"{name} must not be empty" for name in ("project_name", "author_name") if not answers.get(name, "x").strip()
    )
    return rows
