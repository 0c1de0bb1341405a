"""The tests of a set of Python files as they would run: how often, and what they assert."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from proposer.outputs.suite import bodies
from proposer.outputs.suite.assertions import Assertion
from proposer.outputs.suite.collection import Found, Module
from proposer.outputs.suite.expressions import Budget, Function, Scope, last, scope_of
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

__all__ = ["Case", "Surroundings"]

_CONDITIONS = ("skipif", "skip_if", "unless", "importorskip")
_ASYNC = frozenset({"asyncio", "anyio", "trio"})


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all functions of one module share; equal contexts mean that equal texts say the same."""

    module: Module
    find: Callable[[ast.expr], Function | None]
    fixtures: Mapping[str, ast.expr]
    budget: Budget
    context: object

    @cached_property
    def called(self) -> set[str]:
        """The names of all functions that are called."""
        return self.module.called()

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where imported names come from."""
        return {name: self.module.aliases.get(name, name) for name in self.module.imports}

    @cached_property
    def assigned(self) -> frozenset[str]:
        """The names that the module gives a value."""
        return frozenset(self.module.assigned())

    @cached_property
    def mocks(self) -> frozenset[str]:
        """What fixtures and set-ups of the module put a stand-in in the place of."""
        return frozenset(self.module.mocks())

    @cached_property
    def stand_ins(self) -> frozenset[str]:
        """The fixtures of the module that give a mock."""
        return frozenset(self.module.stand_ins())


class Case:
    """One function of a test file. What it says is read when it is asked for: most functions do not change."""

    def __init__(self, around: Surroundings, found: Found) -> None:
        self._around = around
        self._found = found
        self.path = around.module.path
        self.name = found.name
        self.collected = found.collected

    @property
    def where(self) -> tuple[str, str]:
        """Path and qualified name."""
        return self.path, self.name

    def same_as(self, other: "Case") -> bool:
        """Tell whether two functions cannot differ in anything: same text, same surroundings."""
        mine, others = self._found, other._found  # noqa: SLF001 - the same class
        return mine.identity == others.identity and self._around.context == other._around.context  # noqa: SLF001

    @cached_property
    def used(self) -> bool:
        """Whether a function of the module calls it."""
        return self._found.node.name in self._around.called

    @cached_property
    def skips(self) -> frozenset[str]:
        """What keeps it from running, or from counting."""
        return frozenset(_skips(self._around.module, self._found, set(self.requested)))

    @cached_property
    def skipped(self) -> frozenset[str]:
        """What it says itself that keeps it from running, under no condition."""
        module, node = self._around.module, self._found.node
        marks = (how for mark in node.decorator_list
                 for how in skip_marks(mark, module.aliases, module.constants, module.helpers))  # fmt: skip
        plain = [one for one in node.body if isinstance(one, ast.Expr | ast.Raise)]
        calls = (how for one in plain for how in skip_calls(one, module.aliases))
        return frozenset(calls) | {how for how in marks if not any(word in how.casefold() for word in _CONDITIONS)}

    @cached_property
    def sets(self) -> int | None:
        """With how many parameter sets it runs; None where that cannot be seen."""
        outside, fixtures = Scope(given=self._around.module.constants), self._around.fixtures
        numbers = [sets(mark, outside) for mark in self._tables]
        numbers += [length(fixtures[name], outside) for name in sorted(self.requested & fixtures.keys())]
        runs: int | None = 1
        for number in numbers:
            runs = None if number is None or runs is None else runs * number
        return runs

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """What it asserts."""
        return tuple(assertions_in(self._found.node, self._scope))

    @cached_property
    def calls(self) -> frozenset[str]:
        """The last names of what it calls before it leaves."""
        return frozenset(bodies.live_calls(self._body))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The imported functions that it calls."""
        return frozenset(bodies.subjects(self._inner, self._around.module.imports))

    @cached_property
    def mocks(self) -> frozenset[str]:
        """The last names of what it puts a stand-in in the place of."""
        return frozenset(mocked(self._found.decorators, self._inner)) | self._around.mocks

    @cached_property
    def shadows(self) -> frozenset[str]:
        """The subjects that the function or its module gives another value."""
        return (self._around.assigned | self._scope.names) & {*self.subjects, *self._words}

    @property
    def sources(self) -> Mapping[str, str]:
        """Where imported names come from."""
        return self._around.sources

    @cached_property
    def requested(self) -> frozenset[str]:
        """The fixtures that it asks for, among other local names."""
        return self._scope.names | set(used_fixtures(self._found.decorators))

    @property
    def stand_ins(self) -> frozenset[str]:
        """The fixtures of the module that give a mock."""
        return self._around.stand_ins

    @property
    def hooks(self) -> frozenset[str]:
        """The functions of its module that choose which tests run."""
        return self._around.module.hooks

    @property
    def planted(self) -> frozenset[str]:
        """The modules that its module replaces."""
        return self._around.module.planted

    @cached_property
    def examples(self) -> int | None:
        """How many examples hypothesis draws."""
        drawn = any(last(mark) == "given" for mark in self._found.decorators)
        return examples(self._found.decorators) if drawn else None

    @cached_property
    def unhealthy(self) -> frozenset[str]:
        """The health checks of hypothesis that it suppresses."""
        return frozenset(unhealthy(self._found.decorators))

    @cached_property
    def needs_async(self) -> bool:
        """Whether it is a coroutine without a mark that says who awaits it."""
        marked = any(last(mark) in _ASYNC for mark in self._found.decorators)
        return isinstance(self._found.node, ast.AsyncFunctionDef) and not marked

    @cached_property
    def yields(self) -> bool:
        """Whether it is a generator."""
        return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in bodies.own(self._found.node))

    @cached_property
    def tokens(self) -> Counter[str]:
        """What its body is about."""
        return Counter(bodies.tokens(self._inner, self._scope.names))

    @cached_property
    def body(self) -> str:
        """Its body in a form that two equal ones share."""
        return "\n".join(ast.dump(statement) for statement in self._body)

    @cached_property
    def _tables(self) -> list[ast.Call]:
        return [mark for mark in self._found.decorators if isinstance(mark, ast.Call) and is_table(mark)]

    @cached_property
    def _scope(self) -> Scope:
        module, tables = self._around.module, self._tables
        names = {name.strip() for mark in tables for name in argument_names(mark)}
        words = {last(part) for mark in tables for part in ast.walk(mark) if isinstance(part, ast.Name | ast.Attribute)}
        scope = scope_of(self._found.node, module.constants)
        return replace(
            scope,
            find=self._around.find,
            varied=frozenset(names),
            values=frozenset(words),
            lenient=module.lenient,
            budget=self._around.budget,
        )

    @cached_property
    def _body(self) -> list[ast.stmt]:
        return bodies.without_docstring(self._found.node.body)

    @cached_property
    def _inner(self) -> list[ast.AST]:
        return [part for statement in self._body for part in ast.walk(statement)]

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(part.id for part in self._inner if isinstance(part, ast.Name))


def _skips(module: Module, one: Found, wanted: set[str]) -> Iterator[str]:
    for mark in one.decorators:
        yield from skip_marks(mark, module.aliases, module.constants, module.helpers)
    yield from skip_calls(one.node, module.aliases)
    yield from module.skips_of(one, wanted)
