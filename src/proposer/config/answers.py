"""The template's questions: defaults, allowed values, and all problems in one message.

Standard library only: the generation hook loads this file by path.
"""

import keyword
import re
import sys
from collections.abc import Collection, Mapping

__all__ = ["CHOICES", "LEVELS", "TEMPLATE_FILE", "UNSUPPORTED", "chosen", "problems", "unsupported"]

TEMPLATE_FILE = ".proposer-template.json"

CHOICES = {
    "stack": ("fastapi", "django"),
    "domain": ("finance", "generic"),
    "database": ("sqlite", "postgresql"),
    "frontend": ("none", "nextjs"),
    "ci": ("github", "gitlab", "both"),
    "automation": ("comment", "analyse", "propose", "branch"),
    "key_broker": ("builtin", "codex-action"),
    "license": ("Apache-2.0", "MIT", "Proprietary"),
}
"""Allowed values of the closed questions; the first is the default."""

LEVELS = ("analyse", "comment", "propose", "branch")
"""Values of `automation`, the least first: each allows what the ones before it allow."""

UNSUPPORTED: tuple[tuple[Mapping[str, str], str], ...] = (
    ({"ci": "gitlab", "key_broker": "codex-action"}, "the action runs on GitHub alone; choose key_broker=builtin"),
)
"""Combinations that are refused: answers, and why with what to choose instead. Everything else is supported."""

_EXTRAS = r"(\[[a-z, ]+\])?\s*"
_VERSION = r"\s*(===?|[~!<>]=|[<>])\s*[0-9][0-9A-Za-z.*+!_-]*\s*"
_URL = r"(git\+)?(https?|ssh|file)://[^\s{}]+"
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
        re.compile(rf"proposer{_EXTRAS}({_VERSION}(,{_VERSION})*)?|proposer{_EXTRAS}@\s*{_URL}|/.+|{_URL}"),
        "a requirement such as proposer==0.1.0, an absolute path or a URL",
    ),
}
_LONGEST = 200
_TAKEN = frozenset({
    # what stands in a generated repository
    "app", "artifacts", "conftest", "core", "databases", "dev", "docs", "example", "expectations", "finance",
    "frontend", "manage", "migrations", "noxfile", "provenance", "schemas", "site", "src", "tasks", "test", "tests",
    "web",
    # what is made in one, or stands for something else in Python
    "build", "dist", "lib", "node_modules", "pip", "site_packages", "venv", "wheel",
    # what is installed beside the application
    "alembic", "annotated_doc", "annotated_types", "anyio", "argcomplete", "arrow", "asgiref", "attr", "attrs",
    "binaryornot", "certifi", "cfgv", "chardet", "charset_normalizer", "click", "codex_cli_bin", "colorlog",
    "cookiecutter", "cryptography", "dateutil", "dependency_groups", "distlib", "django", "django_stubs",
    "django_stubs_ext", "fastapi", "filelock", "greenlet", "grimp", "gunicorn", "h11", "hatchling", "httpcore",
    "httpcore2", "httptools", "httpx", "httpx2", "identify", "idna", "importlinter", "iniconfig", "invoke",
    "jinja2", "jsonschema", "jsonschema_specifications", "keyring", "mako", "markdown_it", "markdown_it_py",
    "markupsafe", "mdurl", "mypy", "mypy_django_plugin", "mypy_extensions", "mypyc", "ninja", "nodeenv", "nox",
    "packaging", "pathspec", "pkg_resources", "platformdirs", "pluggy", "pre_commit", "proposer", "psycopg",
    "pydantic", "pydantic_core", "pygments", "pytest", "python_multipart", "referencing", "requests", "rfc8785",
    "rich", "rpds", "ruff", "schemathesis", "securesystemslib", "setuptools", "slugify", "sniffio", "sqlalchemy",
    "sqlparse", "starlette", "text_unidecode", "tomli_w", "typing_extensions", "typing_inspection", "urllib3", "uv",
    "uvicorn", "virtualenv", "watchfiles", "websockets", "yaml",
    # modules of the standard library in one version of Python and not in the other
    "aifc", "annotationlib", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "compression", "crypt",
    "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd",
    "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib",
})  # fmt: skip
"""Names that stand for something else in a generated repository or its environment, with `_` for `-`."""


def chosen(answers: Mapping[str, str]) -> frozenset[str]:
    """Return the values that overlays are laid for: the answers, and what they hold within.

    A level of automation holds the levels below it, and `both` platforms hold each.
    """
    level = LEVELS.index(answers["automation"]) + 1
    platforms = ("github", "gitlab") if answers["ci"] == "both" else ()
    return frozenset({*(answers[question] for question in CHOICES), *LEVELS[:level], *platforms})


def problems(answers: Mapping[str, object], wanted: Collection[str] = ()) -> list[str]:
    """Return one sentence for each answer that cannot be used, with what is allowed; empty where all are good.

    Args:
        answers: answers by question, all or some of them.
        wanted: questions that must have an answer.
    """
    rows = [f"{name} has no answer" for name in wanted if name not in answers]
    for name, value in answers.items():
        if problem := _problem(name, value):
            rows.append(f"{name} {problem}")
    texts = {name: value for name, value in answers.items() if isinstance(value, str)}
    if why := unsupported(texts):
        rows.append(why)
    return rows


def unsupported(answers: Mapping[str, str]) -> str:
    """Return why a combination of answers is refused; empty where it is supported."""
    for combination, why in UNSUPPORTED:
        if combination.items() <= answers.items():
            spoken = " with ".join(f"{name}={value}" for name, value in combination.items())
            return f"{spoken} is not supported: {why}"
    return ""


def _problem(name: str, value: object) -> str:
    """Return what is wrong with one answer; empty where nothing is."""
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        return f"must be printable text of at most {_LONGEST} characters"
    if name in CHOICES:
        return "" if value in CHOICES[name] else f"is {value!r}; allowed: {', '.join(CHOICES[name])}"
    if name in _PATTERNS and not _PATTERNS[name][0].fullmatch(value):
        return f"is {value!r}; wanted: {_PATTERNS[name][1]}"
    if name in {"project_slug", "package_name"} and _is_taken(value.replace("-", "_")):
        return f"is {value!r}, which is taken; wanted: a name of your own"
    if name in {"project_name", "author_name"} and not value.strip():
        return "must not be empty"
    return ""


def _is_taken(module: str) -> bool:
    return module in _TAKEN or keyword.iskeyword(module) or module in sys.stdlib_module_names
