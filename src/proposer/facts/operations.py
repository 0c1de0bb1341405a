"""What one migration file does, read with `ast`: the operations of Django's migrations and of Alembic's revisions."""

import ast
import builtins
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Migration", "Operation", "parsed"]

_PLAN = re.compile(r"(?im)^[\s#*-]*(?:rollback|restore|way back|how it is undone)(?: plan)?\s*:\s*(\S.{19,})")
"""How a file says what is done where the data cannot be brought back: `Rollback: ...`, in a docstring or a comment."""
_DESTROYS = re.compile(r"(?i)\b(?:drop\s+(?:table|column|schema|database)|truncate|delete\s+from)\b")
_REWRITES = re.compile(r"(?i)\b(?:update\s+\S+\s+set|insert\s+into|merge\s+into)\b")
_LOCKS = re.compile(r"(?i)\balter\s+table\b|\bcreate\s+(?:unique\s+)?index\b(?!\s+concurrently)|\block\s+table\b")

_DJANGO = {
    "CreateModel": (), "DeleteModel": ("data loss",), "RenameModel": ("lock", "order"),
    "AlterModelTable": ("lock", "order"),
    "AlterUniqueTogether": ("lock",), "AlterIndexTogether": ("lock",), "AlterOrderWithRespectTo": ("lock",),
    "AlterModelOptions": (), "AlterModelManagers": (), "AlterModelTableComment": (), "AddField": ("lock",),
    "RemoveField": ("data loss", "order"), "AlterField": ("lock",), "RenameField": ("lock", "order"),
    "AddIndex": ("lock",), "RemoveIndex": (), "RenameIndex": (), "AddConstraint": ("lock",), "RemoveConstraint": (),
    "AddConstraintNotValid": (), "ValidateConstraint": (), "AddIndexConcurrently": (), "RemoveIndexConcurrently": (),
    "RunPython": ("backfill",), "RunSQL": (), "SeparateDatabaseAndState": (),
}  # fmt: skip
_ALEMBIC = {
    "create_table": (), "drop_table": ("data loss",), "rename_table": ("lock", "order"), "add_column": ("lock",),
    "drop_column": ("data loss", "order"), "alter_column": ("lock",), "create_index": ("lock",), "drop_index": (),
    "create_unique_constraint": ("lock",), "create_check_constraint": ("lock",), "create_foreign_key": ("lock",),
    "create_primary_key": ("lock",), "create_exclude_constraint": ("lock",), "drop_constraint": ("lock",),
    "create_table_comment": (), "drop_table_comment": (), "bulk_insert": ("backfill",), "execute": (),
}  # fmt: skip
_BACK = {
    "create_table": "drop_table", "add_column": "drop_column", "create_index": "drop_index",
    "rename_table": "rename_table",
    "create_unique_constraint": "drop_constraint", "create_check_constraint": "drop_constraint",
    "create_foreign_key": "drop_constraint", "create_primary_key": "drop_constraint", "alter_column": "alter_column",
    "drop_table": "create_table", "drop_column": "add_column", "drop_index": "create_index",
}  # fmt: skip
_CARRIERS = frozenset(
    {"get_bind", "get_context", "f", "inline_literal", "batch_alter_table", "invoke", "implementation_for"}
)
"""What is called on `op` without changing anything."""
_EXECUTES = frozenset({"execute", "exec_driver_sql", "executemany"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step: what it is called, what it is about, and why it cannot be undone (empty: it can)."""

    line: int
    name: str
    target: str
    care: tuple[str, ...] = ()
    irreversible: str = ""


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One file. `plan` is what it says about the way back, `unread` why part of it cannot be told."""

    framework: str
    operations: tuple[Operation, ...]
    plan: str = ""
    unread: str = ""
    name: str = ""
    after: tuple[str, ...] = ()


def parsed(text: str, stem: str) -> Migration | None:
    """Read a migration; None where the file is none.

    Args:
        text: the file.
        stem: its name without `.py`, which is the name of a Django migration.

    Raises:
        SyntaxError: the file is not Python.
    """
    tree = ast.parse(text)
    plan = _plan(tree, text)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return _django(node, stem, plan)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = {target.id: node.value for node, target in _assigned(tree.body)}
    if "upgrade" in functions and "revision" in names:
        return _alembic(functions, names, plan)
    return None


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[ast.Assign | ast.AnnAssign, ast.Name]]:
    for node in body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign):
                yield node, target


def _plan(tree: ast.Module, text: str) -> str:
    """Return the first sentence of a plan in a docstring or a comment."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    try:
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        texts.append("\n".join(token.string for token in tokens if token.type == tokenize.COMMENT))
    except (tokenize.TokenError, SyntaxError):
        pass
    found = next((match for one in texts if (match := _PLAN.search(one))), None)
    return found[1].strip()[:300] if found else ""


def _django(node: ast.ClassDef, stem: str, plan: str) -> Migration:
    values = {target.id: found.value for found, target in _assigned(node.body)}
    listed = values.get("operations")
    unread = "" if listed is None or isinstance(listed, ast.List) else "its operations are not written out as a list"
    operations = tuple(_steps(listed.elts)) if isinstance(listed, ast.List) else ()
    needs = values.get("dependencies")
    after = tuple(
        str(pair.elts[1].value)
        for pair in (needs.elts if isinstance(needs, ast.List | ast.Tuple) else [])
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Constant)  # noqa: PLR2004
    )
    return Migration(framework="django", operations=operations, plan=plan, unread=unread, name=stem, after=after)


def _steps(nodes: list[ast.expr]) -> Iterator[Operation]:
    for node in nodes:
        name = _called(node)
        if not isinstance(node, ast.Call) or not name:
            yield Operation(line=node.lineno, name="?", target="", irreversible="it is not written out")
            continue
        given = {word.arg: word.value for word in node.keywords if word.arg}
        if name == "SeparateDatabaseAndState":
            for key, at in (("database_operations", 0), ("state_operations", 1)):
                inner = given.get(key) or (node.args[at] if len(node.args) > at else None)
                if isinstance(inner, ast.List) and key == "database_operations":
                    yield from _steps(inner.elts)
            continue
        sql = _sql(node) if name == "RunSQL" else ""
        care = (*_DJANGO.get(name, ("unknown operation",)), *_cares(sql))
        if name == "AddField" and _not_null(given.get("field") or (node.args[2] if len(node.args) > 2 else None)):  # noqa: PLR2004
            care = (*care, "not null without a default")
        yield Operation(line=node.lineno, name=name, target=_target(node, given), care=tuple(dict.fromkeys(care)),
                        irreversible=_final(name, node, given, sql))  # fmt: skip


def _final(name: str, node: ast.Call, given: dict[str, ast.expr], sql: str) -> str:
    """Return why a Django operation cannot be undone; empty where it can."""
    if name not in _DJANGO:
        return "it is an operation of the project's own"
    if name in ("DeleteModel", "RemoveField"):
        return "what it removes cannot be brought back"
    if name in ("RunPython", "RunSQL"):
        back = given.get("reverse_code" if name == "RunPython" else "reverse_sql")
        back = back or (node.args[1] if len(node.args) > 1 else None)
        if back is None or (isinstance(back, ast.Constant) and back.value is None):
            return "it has no reverse"
        if _called(back).endswith("noop") and (name == "RunPython" or _DESTROYS.search(sql) or _REWRITES.search(sql)):
            return "its reverse does nothing"
        if _DESTROYS.search(sql):
            return "its statement destroys data"
    return ""


def _alembic(functions: dict[str, ast.FunctionDef], names: dict[str, ast.expr | None], plan: str) -> Migration:
    down = functions.get("downgrade")
    undone = Counter(name for _, name, _ in _calls(_reached("downgrade", functions)))
    empty = down is None or not undone
    operations = []
    for call, name, target in _calls(_reached("upgrade", functions)):
        sql = _sql(call) if name == "execute" else ""
        care = (*_ALEMBIC.get(name, ("unknown operation",)), *_cares(sql))
        back, why = _BACK.get(name), ""
        if name in ("drop_table", "drop_column") or _DESTROYS.search(sql):
            why = "what it removes cannot be brought back"
        elif empty:
            why = "there is no downgrade" if down is None else "the downgrade does nothing"
        elif back and not undone[back]:
            why = f"the downgrade has no {back}"
        elif name not in _ALEMBIC:
            why = "this operation is not known"
        elif name == "execute" and not undone["execute"] and (_REWRITES.search(sql) or not sql.strip()):
            why = "the downgrade executes nothing"
        if name == "add_column" and _column_not_null(call):
            care = (*care, "not null without a default")
        if back and undone[back]:
            undone[back] -= 1
        operations.append(Operation(line=call.lineno, name=name, target=target, care=tuple(dict.fromkeys(care)),
                                    irreversible=why))  # fmt: skip
    reached = [node for function in _reached("upgrade", functions) for node in ast.walk(function)]
    hidden = [node.func.id for node in reached if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
              and node.func.id not in functions and not hasattr(builtins, node.func.id)]  # fmt: skip
    return Migration(
        framework="alembic",
        operations=tuple(operations),
        plan=plan,
        unread=f"upgrade() calls {hidden[0]}(), which stands in another file" if hidden else "",
        name="".join(_strings(names.get("revision"))),
        after=tuple(_strings(names.get("down_revision"))),
    )


def _reached(start: str, functions: dict[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """Return a function of the file and those of the file that it calls, directly or not."""
    found: list[ast.FunctionDef] = []
    waiting = [start]
    while waiting:
        function = functions.get(waiting.pop())
        if function is not None and function not in found:
            found.append(function)
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            waiting += [node.func.id for node in calls if isinstance(node.func, ast.Name)]
    return found


def _calls(functions: list[ast.FunctionDef]) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield what is called on `op`, on what `op.batch_alter_table` gives, and any `execute`, in the order of lines."""
    nodes = [node for function in functions for node in ast.walk(function)]
    tables = {name: table for node in nodes if isinstance(node, ast.With) for name, table in _batches(node)}
    found = []
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, on = node.func.attr, node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if name in _EXECUTES or ((on == "op" or on in tables) and name not in _CARRIERS):
            words = [tables.get(on, ""), *(next(iter(_strings(arg)), "") for arg in node.args[:2])]
            target = "" if name in _EXECUTES else ".".join(filter(None, words))[:120]
            found.append((node, "execute" if name in _EXECUTES else name, target))
    yield from sorted(found, key=lambda row: (row[0].lineno, row[0].col_offset))


def _batches(node: ast.With) -> Iterator[tuple[str, str]]:
    """Yield the names that stand for a table inside of `with op.batch_alter_table(...) as name`."""
    for item in node.items:
        call = item.context_expr
        if (
            isinstance(call, ast.Call)
            and _called(call) == "batch_alter_table"
            and isinstance(item.optional_vars, ast.Name)
        ):
            yield item.optional_vars.id, next((text for arg in call.args for text in _strings(arg)), "")


def _called(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _target(node: ast.Call, given: dict[str, ast.expr]) -> str:
    keys = ("model_name", "name", "old_name", "new_name")
    words = [word for key in keys for word in _strings(given.get(key))]
    return ".".join(
        words or [word for arg in node.args[:2] if isinstance(arg, ast.Constant) for word in _strings(arg)]
    )[:120]


def _strings(node: ast.expr | None) -> list[str]:
    """Return the texts of a literal, or of a tuple or list of literals."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Tuple | ast.List):
        return [text for item in node.elts for text in _strings(item)]
    return []


def _sql(node: ast.Call) -> str:
    """Return every literal text of what is executed forwards."""
    first = (
        node.args[0]
        if node.args
        else next((word.value for word in node.keywords if word.arg in ("sql", "sqltext")), None)
    )
    return " ".join(str(part.value) for part in ast.walk(first) if isinstance(part, ast.Constant)) if first else ""


def _cares(sql: str) -> list[str]:
    rules = (("data loss", _DESTROYS), ("backfill", _REWRITES), ("lock", _LOCKS))
    return [name for name, pattern in rules if pattern.search(sql)]


def _not_null(field: ast.expr | None) -> bool:
    """Tell whether a Django field that is added to rows that exist has nothing to put into them."""
    if not isinstance(field, ast.Call) or _called(field) in ("ManyToManyField", "AutoField", "BigAutoField"):
        return False
    given = {word.arg: word.value for word in field.keywords}
    null = given.get("null")
    return not (isinstance(null, ast.Constant) and null.value) and not {"default", "db_default"} & set(given)


def _column_not_null(call: ast.Call) -> bool:
    column = next((arg for arg in call.args if isinstance(arg, ast.Call) and _called(arg) == "Column"), None)
    given = {word.arg: word.value for word in column.keywords} if isinstance(column, ast.Call) else {}
    null = given.get("nullable")
    return isinstance(null, ast.Constant) and null.value is False and "server_default" not in given
