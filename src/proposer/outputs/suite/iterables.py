"""How many different values an iterable has, as far as that can be seen without running it."""

import ast
from itertools import product

from proposer.outputs.suite.expressions import Scope, last

__all__ = ["items"]

_DEPTH = 3
_MOST = 5_000


def items(node: ast.expr, scope: Scope, depth: int = _DEPTH) -> list[str] | None:  # noqa: C901, PLR0911 - one case a kind
    """Return the different values that an iterable has, each in the form of its expression; None where unknown."""
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            found: list[str] = []
            for one in node.elts:
                inner = items(one.value, scope, depth) if isinstance(one, ast.Starred) else [ast.dump(one)]
                if inner is None:
                    return None
                found += inner
            return list(dict.fromkeys(found))
        case ast.Dict():
            return None if None in node.keys else list(dict.fromkeys(ast.dump(key) for key in node.keys if key))
        case ast.Constant() if isinstance(node.value, str | bytes):
            return list(dict.fromkeys(map(str, node.value)))
        case ast.Name() if depth and node.id in scope.given:
            return items(scope.given[node.id], scope, depth - 1)
        case ast.BinOp(op=ast.Add()):
            sides = items(node.left, scope, depth), items(node.right, scope, depth)
            return None if None in sides else list(dict.fromkeys([*(sides[0] or []), *(sides[1] or [])]))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            parts = [items(one.iter, scope, depth) for one in node.generators]
            if any(one.ifs for one in node.generators) or None in parts:
                return None
            return _crossed([part for part in parts if part is not None])
        case ast.Call():
            return _called(node, scope, depth)
        case _:
            return None


def _called(node: ast.Call, scope: Scope, depth: int) -> list[str] | None:
    name = last(node.func)
    if name == "range":
        return _range(node)
    if name in ("items", "keys", "values") and isinstance(node.func, ast.Attribute) and not node.args:
        return items(node.func.value, scope, depth)
    if name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "iter", "dict"):
        return items(node.args[0], scope, depth) if node.args else []
    parts = [items(one, scope, depth) for one in node.args]
    known = [part for part in parts if part is not None]
    if name == "product" and parts and len(known) == len(parts):
        return _crossed(known)
    return min(known, key=len) if name == "zip" and known else None


def _range(node: ast.Call) -> list[str] | None:
    numbers = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
    if len(numbers) != len(node.args) or not 0 < len(numbers) <= 3:  # noqa: PLR2004 - start, stop, step
        return None
    try:
        return [str(number) for number in range(*numbers)[:_MOST]]
    except (ValueError, OverflowError):
        return None


def _crossed(parts: list[list[str]]) -> list[str] | None:
    size = 1
    for part in parts:
        size *= len(part)
    if size > _MOST:
        return None
    return [", ".join(row) for row in product(*parts)]
