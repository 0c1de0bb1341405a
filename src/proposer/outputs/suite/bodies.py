"""The body of a test function: what it calls, and what it is about."""

import ast
from collections.abc import Iterator

from proposer.outputs.suite.expressions import Function, Scope, last
from proposer.outputs.suite.truth import constant

__all__ = ["live_calls", "own", "subjects", "tokens", "without_docstring"]


def subjects(inner: list[ast.AST], imports: set[str]) -> Iterator[str]:
    """Yield the names of imported functions that are called."""
    for part in inner:
        function = part.func if isinstance(part, ast.Call) else None
        if isinstance(function, ast.Name) and function.id in imports:
            yield function.id
        elif isinstance(function, ast.Attribute) and last(function.value) in imports:
            yield function.attr


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a body without its docstring."""
    first = body[0] if body else None
    quoted = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if quoted else body


def live_calls(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that are called before the function leaves."""
    for statement in body:
        if isinstance(statement, ast.Return | ast.Raise):
            break
        never = isinstance(statement, ast.If | ast.While) and constant(statement.test, Scope()) is False
        for part in [] if never else ast.walk(statement):
            if isinstance(part, ast.Call) and last(part.func):
                yield last(part.func)


def own(node: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of functions inside it."""
    left: list[ast.AST] = list(node.body)
    while left:
        part = left.pop()
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(part))


def tokens(nodes: list[ast.AST], local: frozenset[str]) -> Iterator[str]:
    """Yield what a body is about: names that are not its own variables, and constants."""
    for node in nodes:
        match node:
            case ast.Name() if node.id not in local:
                yield node.id
            case ast.Attribute():
                yield node.attr
            case ast.Constant():
                yield repr(node.value)[:60]
            case _:
                pass
