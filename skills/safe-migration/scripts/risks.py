"""Reads migrations of Alembic or Django, and says what about them needs care. Standard library only; runs nothing."""
# ruff: noqa: INP001

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

STOP, LOOK = "stop", "look"
LOSES = (STOP, "drops data; first stop using it, deploy, and drop it in a later migration")
RENAMES = (STOP, "code that runs while this is deployed knows the old name; add the new one and move the data instead")
BLOCKS = (LOOK, "blocks writes while all rows are read; how many are there?")
CONCURRENT = (LOOK, "blocks writes on a large table; build the index concurrently where the database can")
REWRITES = (LOOK, "may rewrite the table and fail on rows that do not fit")
FILLED = (STOP, "fails on a table that has rows: give a default in the database, or add it nullable and tighten later")
TIGHTENS = (STOP, "fails on rows without a value; move the data in an earlier migration")
INEXACT = (LOOK, "a binary fraction: never for a quantity that must be exact")
ONE_WAY = (STOP, "cannot be undone: write the way back, or say in the docstring what restores the data")
OPERATIONS = {
    "drop_table": LOSES, "drop_column": LOSES, "DeleteModel": LOSES, "RemoveField": LOSES, "rename_table": RENAMES,
    "RenameModel": RENAMES, "RenameField": RENAMES, "AlterModelTable": RENAMES, "create_foreign_key": BLOCKS,
    "create_check_constraint": BLOCKS, "create_unique_constraint": BLOCKS, "AddConstraint": BLOCKS,
    "create_index": CONCURRENT, "AddIndex": CONCURRENT, "AlterField": REWRITES,
}  # fmt: skip
FLOATS = frozenset({"Float", "REAL", "Double", "DOUBLE_PRECISION", "FloatField"})
REVERSES = {"RunPython": ("reverse_code", 1), "RunSQL": ("reverse_sql", 1)}
"""Operations of Django that run something: the keyword of the way back, and its place."""
PLACEHOLDER = re.compile(r"(?m)^[^\n:]+: \.\.\.$")


class Risk(NamedTuple):
    """Something that needs care; `stop`: not without a person who decided it."""

    line: int
    level: str
    message: str


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 0 nothing stops, 1 something does, 2 a file is no Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="migration files")
    code = 0
    for path in parser.parse_args(argv).paths:
        try:
            found = sorted(set(risks(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, SyntaxError) as error:
            sys.stderr.write(f"{path}: cannot be read: {error}\n")
            return 2
        sys.stdout.writelines(f"{path}:{risk.line}: {risk.level}: {risk.message}\n" for risk in found)
        code = max(code, *(int(risk.level == STOP) for risk in found), 0)
    return code


def risks(source: str) -> Iterator[Risk]:
    """Yield what needs care in one migration."""
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if PLACEHOLDER.search(ast.get_docstring(tree) or ""):
        yield Risk(1, STOP, "the docstring still holds a placeholder; say what it is for and how it is undone")
    forward: ast.AST = functions.get("upgrade", tree)
    made = {_table(node) for node in ast.walk(forward) if _name(node) in {"create_table", "CreateModel"}}
    for node in ast.walk(forward):
        if isinstance(node, ast.Call) and not (_table(node) in made and _name(node) in OPERATIONS):
            yield from (Risk(node.lineno, level, message) for level, message in _judge(node))
    if "upgrade" in functions:
        back = functions.get("downgrade")
        if back is None or (not _acts(back) and _acts(functions["upgrade"])):
            yield Risk(back.lineno if back else 1, *ONE_WAY)
    owners = {name.partition("_")[0] for node in ast.walk(forward) if (name := _table(node)) and "." not in name}
    if "upgrade" in functions and len(owners) > 1:
        yield Risk(1, STOP, f"touches tables of several modules: {', '.join(sorted(owners))}; make one for each")


def _judge(node: ast.Call) -> Iterator[tuple[str, str]]:
    name = _name(node)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if name in OPERATIONS and not (name == "create_index" and "postgresql_concurrently" in given):
        yield OPERATIONS[name]
    if name in FLOATS:
        yield INEXACT
    if name == "add_column" and any(_needs_value(part) for part in node.args):
        yield FILLED
    if name == "AddField" and any(_is_bare_field(part) for part in [*node.args, *given.values()]):
        yield FILLED
    if name == "alter_column":
        if _is(given.get("nullable"), value=False):
            yield TIGHTENS
        if "type_" in given:
            yield REWRITES
        if "new_column_name" in given or "name" in given:
            yield RENAMES
    if name in REVERSES and REVERSES[name][0] not in given and len(node.args) <= REVERSES[name][1]:
        yield ONE_WAY


def _needs_value(node: ast.AST) -> bool:
    given = {keyword.arg: keyword.value for keyword in node.keywords} if isinstance(node, ast.Call) else {}
    return _is(given.get("nullable"), value=False) and "server_default" not in given


def _is_bare_field(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not _name(node).endswith(("Field", "ForeignKey")):
        return False
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    return not (_is(given.get("null"), value=True) or {"default", "db_default"} & set(given)) and "to" not in given


def _is(node: ast.AST | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _acts(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(function))


def _name(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _table(node: ast.AST) -> str:
    """Return the table or model that an operation is about; empty where it says none."""
    if not isinstance(node, ast.Call) or not re.fullmatch(r"[a-z]+_\w+|[A-Z]\w+", _name(node)):
        return ""
    named = [keyword.value for keyword in node.keywords if keyword.arg in {"model_name", "table_name", "source_table"}]
    index = _name(node) in {"create_index", "create_foreign_key", "create_check_constraint", "create_unique_constraint"}
    places = named or node.args[int(index) : int(index) + 1]
    own = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in {"op", "migrations"}
    value = places[0].value if own and places and isinstance(places[0], ast.Constant) else ""
    return value if isinstance(value, str) and re.fullmatch(r"\w+", value) else ""


if __name__ == "__main__":
    sys.exit(main())
