"""Expressions of a test as far as they can be understood without running it: names, constants, lengths."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar, cast

__all__ = ["Budget", "Function", "Scope", "TooMuchError", "dotted", "last", "pure", "scope_of"]

Function = ast.FunctionDef | ast.AsyncFunctionDef
T = TypeVar("T")
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_DEPTH = 3
_WIDTH = 400
_SOME = 500
_MOST = 20_000
_BUILTINS = frozenset(
    {"int", "str", "float", "bool", "bytes", "len", "sum", "min", "max", "abs", "round", "list", "tuple", "dict", "set",
     "frozenset", "sorted", "range", "Decimal", "repr", "complex", "divmod", "pow", "ord", "chr", "hash", "object"}
)  # fmt: skip
"""What these make of constants is constant too."""
_TRIVIAL = frozenset({"self", "cls", "_", "pytest", "len", "str", "int", "list", "dict", "set", "bool", "sorted"})


class TooMuchError(Exception):
    """There is more to read than a check may take time for."""


@dataclass
class Budget:
    """How much may still be read."""

    left: int

    def spend(self, number: int) -> None:
        """Take so much of it.

        Raises:
            TooMuchError: there is not so much left.
        """
        self.left -= number
        if self.left < 0:
            raise TooMuchError


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Names of one function.

    `names` are its local variables, `given` the expressions of those that are assigned once (and of constants of the
    module), `used` all names that are read, `varied` the arguments of its parametrisation, `values` the names that
    occur as their values, `lenient` are classes with an equality of their own, `changing` are variables whose value
    may change although they are assigned once, `find` looks up a function of the tests by the expression that calls it.
    """

    names: frozenset[str] = frozenset()
    given: Mapping[str, ast.expr] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    varied: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    lenient: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()
    find: Callable[[ast.expr], Function | None] = lambda _: None
    budget: Budget = field(default_factory=lambda: Budget(1_000_000), compare=False)
    memo: dict[tuple[str, object], object] = field(default_factory=dict, compare=False)

    def helper(self, function: ast.expr) -> Function | None:
        """Return the function of the tests that an expression names."""
        return self.find(function)

    def inside(self, function: Function) -> "Scope":
        """Return the scope of another function of the same module."""
        outer = {name: value for name, value in self.given.items() if name not in self.names}
        return replace(scope_of(function, outer), lenient=self.lenient, find=self.find, budget=self.budget, memo={})

    def form(self, node: ast.AST) -> str:
        """Return an expression without the names of local variables."""
        return _form(node, self, constants=True, depth=_DEPTH, names=True)

    def subject(self, node: ast.AST) -> str:
        """Return an expression without constants, local variables replaced by what they were assigned."""
        return _form(node, self, constants=False, depth=0, names=True)

    def inlined(self, node: ast.AST) -> str:
        """Return an expression with local variables replaced by what they were assigned."""
        return _form(node, self, constants=True, depth=0, names=False)

    def words(self, node: ast.AST, depth: int = 0) -> frozenset[str]:
        """Return the names that an expression is made of, also by way of its variables."""
        found: set[str] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                found.add(part.id)
                helper = self.find(part) if depth < 1 else None
                if helper is not None:
                    inside = islice(ast.walk(helper), _SOME)
                    found |= {last(inner) for inner in inside if isinstance(inner, ast.Name | ast.Attribute)}
                if depth < 2 and part.id in self.given:  # noqa: PLR2004 - x = f(y); z = x.total
                    found |= self.once(part.id, ("words", depth), lambda one: self.words(one, depth + 1))
            elif isinstance(part, ast.Attribute):
                found.add(part.attr)
            if len(found) > _MOST:
                break
        return frozenset(found) - _TRIVIAL

    def once(self, name: str, what: object, compute: Callable[[ast.expr], T]) -> T:
        """Return what is computed from the expression of a variable, once for each variable."""
        key = (name, what)
        if key not in self.memo:
            self.memo[key] = compute(self.given[name])
        return cast("T", self.memo[key])


def scope_of(function: Function, outer: Mapping[str, ast.expr]) -> Scope:
    """Return the scope of a function; `outer` holds the constants of its module."""
    arguments = function.args
    names = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None}
    stored: dict[str, int] = dict.fromkeys(names, 1)
    given: dict[str, ast.expr] = {}
    used: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                used.add(node.id)
            else:
                stored[node.id] = stored.get(node.id, 0) + 1
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            given[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name) and node.value:
            given[node.target.id] = node.value
    single = {name: value for name, value in given.items() if stored[name] == 1}
    outside = {name: value for name, value in outer.items() if name not in stored}
    changing = {name for name, value in single.items() if isinstance(value, _DISPLAYS)} & set(_touched(function))
    changing |= {name for name, value in outside.items() if isinstance(value, _DISPLAYS)}
    return Scope(
        names=frozenset(stored), given={**outside, **single}, used=frozenset(used), changing=frozenset(changing)
    )


def _touched(node: ast.AST) -> Iterator[str]:
    """Yield the variables that are read outside of assertions."""
    for part in ast.iter_child_nodes(node):
        told = isinstance(part, ast.Assert) or (isinstance(part, ast.Call) and last(part.func).startswith("assert"))
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        if not told:
            yield from _touched(part)


def last(node: ast.AST | None) -> str:
    """Return the last name of `a.b.c` or `a.b.c(...)`; empty for anything else."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST | None, aliases: Mapping[str, str] | None = None) -> str:
    """Return `a.b.c` of a name, an attribute or a call of one; its first name replaced where it is an alias."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        else:
            node = node.func
    if not isinstance(node, ast.Name):
        return ""
    parts.append((aliases or {}).get(node.id, node.id))
    return ".".join(reversed(parts))


def pure(node: ast.AST, scope: Scope, depth: int = _DEPTH) -> bool:
    """Tell whether an expression holds only constants, also by way of variables that are assigned once."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if part.id in _BUILTINS and part.id not in scope.names:
                continue
            if not depth or part.id not in scope.given or part.id in scope.changing:
                return False
            if not scope.once(part.id, ("pure", depth), lambda one: pure(one, scope, depth - 1)):
                return False
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in _BUILTINS:
            continue
        elif isinstance(
            part, ast.Call | ast.Attribute | ast.Await | ast.Yield | ast.Lambda | ast.comprehension | ast.Starred
        ):
            return False
    return True


def _form(node: ast.AST, scope: Scope, *, constants: bool, depth: int, names: bool) -> str:
    """Return an expression in a form in which only its structure counts; `depth` counts up while variables are read."""
    return "".join(_written(node, scope, constants, depth, names))


def _written(node: ast.AST, scope: Scope, constants: bool, depth: int, names: bool) -> Iterator[str]:
    match node:
        case ast.Name() if depth < 2 and node.id in scope.given and (node.id in scope.names or not constants):  # noqa: PLR2004
            yield scope.once(
                node.id,
                (constants, names, depth),
                lambda one: _form(one, scope, constants=constants, depth=depth + 1, names=names)[:_WIDTH],
            )
        case ast.Name():
            yield "_" if names and node.id in scope.names else node.id
        case ast.Constant():
            yield repr(node.value) if constants else "_"
        case ast.expr() if not constants and _literal(node):
            yield "_"
        case ast.Await():
            yield from _written(node.value, scope, constants, depth, names)
        case _:
            yield f"{type(node).__name__}("
            for _, value in ast.iter_fields(node):
                for row in value if isinstance(value, list) else [value]:
                    if isinstance(row, ast.AST) and not isinstance(row, ast.expr_context):
                        yield from _written(row, scope, constants, depth, names)
                        yield ","
                    elif row is not None and not isinstance(row, ast.AST):
                        yield f"{row!r},"
            yield ")"


def _literal(node: ast.expr) -> bool:
    kinds = (
        ast.Constant,
        ast.Tuple,
        ast.List,
        ast.Set,
        ast.Dict,
        ast.UnaryOp,
        ast.JoinedStr,
        ast.expr_context,
        ast.unaryop,
    )
    return isinstance(node, kinds) and all(isinstance(part, kinds) for part in ast.walk(node))
