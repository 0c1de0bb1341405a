"""The tests of a set of Python files as they would run: how often, and what they assert."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from proposer.outputs.suite.assertions import Assertion
from proposer.outputs.suite.collection import Found, Module
from proposer.outputs.suite.expressions import Function, Scope, last, scope_of
from proposer.outputs.suite.marks import (
    argument_names,
    examples,
    is_table,
    length,
    mocked,
    sets,
    skip_calls,
    skip_marks,
    unhealthy,
    used_fixtures,
)  # fmt: skip
from proposer.outputs.suite.statements import assertions_in
from proposer.outputs.suite.truth import constant

__all__ = ["Case", "Suite"]

_ASYNC = frozenset({"asyncio", "anyio", "trio"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """One function of a test file.

    `collected` tells whether it runs as a test, `skips` what keeps it from running or from counting, `sets` with how
    many parameter sets it runs (None where that cannot be seen), `examples` how many hypothesis draws.
    """

    path: str
    name: str
    collected: bool
    skips: frozenset[str]
    sets: int | None
    assertions: tuple[Assertion, ...]
    calls: frozenset[str]
    subjects: frozenset[str]
    mocks: frozenset[str]
    shadows: frozenset[str]
    sources: Mapping[str, str] = field(hash=False)
    requested: frozenset[str]
    stand_ins: frozenset[str]
    planted: frozenset[str]
    examples: int | None
    unhealthy: frozenset[str]
    runs_async: bool
    needs_async: bool
    yields: bool
    used: bool
    tokens: Counter[str] = field(hash=False)
    body: str = field(repr=False)

    @property
    def where(self) -> tuple[str, str]:
        """Path and qualified name."""
        return self.path, self.name


class Suite:
    """All functions of the test files on one side of a change; `unreadable` names files that are no Python."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.unreadable: dict[str, str] = {}
        self.cases: dict[tuple[str, str], Case] = {}
        self.modules: dict[str, Module] = {}
        for path, text in sorted(texts.items()):
            try:
                self.modules[path] = Module(path, ast.parse(text))
            except (SyntaxError, ValueError) as error:
                self.unreadable[path] = f"{type(error).__name__}: {error.args[0] if error.args else ''}"[:120]
            except (RecursionError, MemoryError):
                self.unreadable[path] = "it is nested too deeply"
        helpers: dict[str, Function] = {}
        fixtures: dict[str, ast.expr] = {}
        for module in self.modules.values():
            helpers |= module.helpers
            fixtures |= module.fixtures
        for path, module in self.modules.items():
            try:
                self.cases |= {case.where: case for case in self._cases(module, helpers, fixtures)}
            except RecursionError:
                self.unreadable[path] = "it is nested too deeply"

    def _cases(
        self, module: Module, helpers: Mapping[str, Function], fixtures: Mapping[str, ast.expr]
    ) -> Iterator[Case]:
        find, called = module.finder(helpers), module.called()
        for one in module.found.values():
            yield _case(module, one, find, fixtures, used=one.node.name in called)


def _case(
    module: Module,
    one: Found,
    find: Callable[[ast.expr], Function | None],
    fixtures: Mapping[str, ast.expr],
    *,
    used: bool,
) -> Case:
    """Read one function."""
    node = one.node
    scope = scope_of(node, module.constants)
    outside = Scope(given=module.constants)
    tables = [mark for mark in one.decorators if isinstance(mark, ast.Call) and is_table(mark)]
    varied = {name.strip() for mark in tables for name in argument_names(mark)}
    values = {last(part) for mark in tables for part in ast.walk(mark) if isinstance(part, ast.Name | ast.Attribute)}
    scope = replace(scope, find=find, varied=frozenset(varied), values=frozenset(values), lenient=module.lenient)
    wanted = {*scope.names, *used_fixtures(one.decorators)}
    numbers = [sets(mark, outside) for mark in tables]
    numbers += [length(fixtures[name], outside) for name in sorted(wanted & fixtures.keys())]
    runs: int | None = 1
    for number in numbers:
        runs = None if number is None or runs is None else runs * number
    body = _without_docstring(node.body)
    inner = [part for statement in body for part in ast.walk(statement)]
    drawn = any(last(mark) == "given" for mark in one.decorators)
    awaits = any(last(mark) in _ASYNC for mark in one.decorators)
    return Case(
        path=module.path,
        name=one.name,
        collected=one.collected,
        skips=frozenset(_skips(module, one, wanted)),
        sets=runs,
        assertions=tuple(assertions_in(node, scope)),
        calls=frozenset(_live_calls(body)),
        subjects=frozenset(_subjects(inner, module.imports)),
        mocks=frozenset(mocked(one.decorators, inner)),
        shadows=frozenset(module.assigned() | set(scope.names)),
        sources={name: module.aliases.get(name, name) for name in module.imports},
        requested=frozenset(wanted),
        stand_ins=frozenset(module.stand_ins()),
        planted=module.planted,
        examples=examples(one.decorators) if drawn else None,
        unhealthy=frozenset(unhealthy(one.decorators)),
        runs_async=isinstance(node, ast.AsyncFunctionDef),
        needs_async=isinstance(node, ast.AsyncFunctionDef) and not awaits,
        yields=any(isinstance(part, ast.Yield | ast.YieldFrom) for part in _own(node)),
        used=used,
        tokens=Counter(_tokens(inner, scope.names)),
        body="\n".join(ast.dump(statement) for statement in body),
    )


def _skips(module: Module, one: Found, wanted: set[str]) -> Iterator[str]:
    for mark in one.decorators:
        yield from skip_marks(mark, module.aliases, module.constants, module.helpers)
    yield from skip_calls(one.node, module.aliases)
    yield from module.skips_of(one, wanted)


def _subjects(inner: list[ast.AST], imports: set[str]) -> Iterator[str]:
    """Yield the names of imported functions that are called."""
    for part in inner:
        function = part.func if isinstance(part, ast.Call) else None
        if isinstance(function, ast.Name) and function.id in imports:
            yield function.id
        elif isinstance(function, ast.Attribute) and last(function.value) in imports:
            yield function.attr


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    quoted = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if quoted else body


def _live_calls(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that are called before the function leaves."""
    for statement in body:
        if isinstance(statement, ast.Return | ast.Raise):
            break
        never = isinstance(statement, ast.If | ast.While) and constant(statement.test, Scope()) is False
        for part in [] if never else ast.walk(statement):
            if isinstance(part, ast.Call) and last(part.func):
                yield last(part.func)


def _own(node: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of functions inside it."""
    left: list[ast.AST] = list(node.body)
    while left:
        part = left.pop()
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(part))


def _tokens(nodes: list[ast.AST], local: frozenset[str]) -> Iterator[str]:
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
