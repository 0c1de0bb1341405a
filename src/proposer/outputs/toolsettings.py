"""Settings files of Python tools in one flat form: `tool.section.key` to a value."""

import configparser
import json
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

__all__ = ["Value", "is_settings", "read"]

Value = str | int | float | bool | list[str]

_TOML = {
    "pyproject.toml": "", "ruff.toml": "ruff.", ".ruff.toml": "ruff.", "pytest.toml": "", "pylintrc.toml": "",
}  # fmt: skip
_INI = {
    "setup.cfg": "", "tox.ini": "", "pytest.ini": "", ".pytest.ini": "", ".coveragerc": "coverage.", "mypy.ini": "",
    ".mypy.ini": "", ".flake8": "", ".pylintrc": "pylint.", "pylintrc": "pylint.", ".bandit": "", ".importlinter": "",
}  # fmt: skip
_JSON = {"pyrightconfig.json": "pyright."}


def is_settings(path: str) -> bool:
    """Tell whether a file holds settings that `read` understands."""
    return PurePosixPath(path).name in _TOML | _INI | _JSON


def read(path: str, text: str) -> dict[str, Value]:
    """Return the settings of a file, flat.

    Raises:
        ValueError: it does not have the form that its name says.
    """
    name = PurePosixPath(path).name
    try:
        if name in _TOML:
            tables = tomllib.loads(text)
            return dict(_flat(tables.get("tool", {}) if name == "pyproject.toml" else tables, _TOML[name]))
        if name in _JSON:
            return dict(_flat(json.loads(text), _JSON[name]))
        return dict(_ini(text, _INI[name]))
    except (configparser.Error, RecursionError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _flat(value: object, prefix: str) -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}{key}.")
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for table in value:  # overrides of mypy, contracts of import-linter: named by what they are for
            names = table.get("module") or table.get("id") or table.get("name") or "table"
            label = "+".join(sorted(names)) if isinstance(names, list) else str(names)
            yield from _flat({"present": True}, f"{prefix}{label}.strict_")
            yield from _flat(table, f"{prefix}{label}.")
    elif isinstance(value, list):
        yield prefix.removesuffix("."), [str(one) for one in value]
    elif isinstance(value, str | int | float | bool):
        yield prefix.removesuffix("."), value


def _ini(text: str, prefix: str) -> Iterator[tuple[str, Value]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, delimiters=("=", ":"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    for section in parser.sections():
        label = (
            section.removeprefix("tool:").replace(":", ".").replace("-", ".", 1 if section.startswith("mypy-") else 0)
        )
        label = "pytest.ini_options" if label == "pytest" else label
        for key, value in parser.items(section):
            yield f"{prefix}{label}.{key}", _typed(value or "")


def _typed(text: str) -> Value:
    stripped = text.strip()
    if stripped.casefold() in ("true", "yes", "on", "false", "no", "off"):
        return stripped.casefold() in ("true", "yes", "on")
    try:
        return float(stripped) if "." in stripped else int(stripped)
    except ValueError:
        return [line.strip() for line in text.split("\n") if line.strip()] if "\n" in text else stripped
