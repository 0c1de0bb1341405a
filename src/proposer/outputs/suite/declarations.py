"""What a module or a class says about all that is in it: imports, constants, marks."""

import ast
from collections import Counter
from collections.abc import Iterator

from proposer.outputs.suite.expressions import Scope, last
from proposer.outputs.suite.truth import constant

__all__ = ["aliases", "constants", "is_off", "is_test_class", "planted", "pytestmarks"]

_SETTERS = frozenset({"dict", "setitem", "update", "setdefault"})


def planted(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that are replaced in `sys.modules`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and last(node.value) == "modules":
            yield ast.unparse(node.slice)
        elif isinstance(node, ast.Call) and node.args and last(node.func) in _SETTERS:
            first = node.args[0]
            if last(first) == "modules" or (isinstance(first, ast.Constant) and first.value == "sys.modules"):
                yield ast.unparse(node)[:60]


def aliases(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield (name, dotted name that it stands for) of what a module imports."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((one.asname, one.name) for one in node.names if one.asname)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((one.asname or one.name, f"{module}.{one.name}") for one in node.names)
        elif isinstance(node, ast.Try | ast.If):
            yield from aliases([*node.body, *node.orelse])


def constants(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names of a module that are assigned once."""
    seen: Counter[str] = Counter()
    found: dict[str, ast.expr] = {}
    for node in body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            target = node.target
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and node.value is not None:
            seen[target.id] += 1
            found[target.id] = node.value
    return ((name, value) for name, value in found.items() if seen[name] == 1)


def pytestmarks(body: list[ast.stmt]) -> list[ast.expr]:
    """Return the marks that a module or a class gives to all its tests."""
    found: list[ast.expr] = []
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "pytestmark":
                value = node.value
                found += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    return found


def is_off(body: list[ast.stmt]) -> bool:
    """Tell whether a module or a class says that it holds no tests."""
    return any(
        isinstance(one, ast.Assign) and last(one.targets[0]) == "__test__" and not constant(one.value, Scope())
        for one in body
    )


def is_test_class(node: ast.ClassDef) -> bool:
    """Tell whether pytest collects a class that inherits from nothing."""
    return node.name.startswith("Test") and not any(
        isinstance(one, ast.FunctionDef) and one.name in ("__init__", "__new__") for one in node.body
    )
