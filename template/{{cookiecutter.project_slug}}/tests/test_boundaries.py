"""Modules meet through their `api` alone, so that each could become a service (docs/modules.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src"
PACKAGE = "{{ cookiecutter.package_name }}"
MODULES = sorted(path.parent.name for path in (SOURCE / PACKAGE).glob("*/api.py"))
SHAPE = {"__init__.py", "api.py", "domain.py", "services.py", "tests", "AGENTS.md"}
TABLES = {"tables.py", "models.py"}


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, relative ones too."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = [*parts[: len(parts) - node.level], node.module or ""] if node.level else [node.module or ""]
            yield from (".".join([*start, alias.name]).replace("..", ".") for alias in node.names)


def crossings(path: Path) -> Iterator[str]:
    """Yield the imports of a module's file that reach into another module past its `api`."""
    own = path.relative_to(SOURCE / PACKAGE).parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == PACKAGE and len(parts) > 1 and parts[1] != own and parts[2:3] != ["api"]:
            yield f"{path.relative_to(SOURCE)} imports {name}; use {PACKAGE}.{parts[1]}.api"


def test_every_module_has_the_same_shape() -> None:
    assert MODULES
    for module in MODULES:
        found = {path.name for path in (SOURCE / PACKAGE / module).iterdir()}
        assert found >= SHAPE, f"{module} lacks {SHAPE - found}"
        assert found & TABLES, f"{module} lacks its tables"


def test_nothing_but_the_api_of_another_module_is_imported() -> None:
    files = [path for module in MODULES for path in sorted((SOURCE / PACKAGE / module).rglob("*.py"))]
    assert files
    assert [row for path in files for row in crossings(path)] == []
