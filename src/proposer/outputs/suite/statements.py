"""What a function asserts as it runs: how often, under which conditions, and whether a failure comes through."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from proposer.outputs.suite.assertions import Assertion, Claims, Place
from proposer.outputs.suite.comparisons import Rank
from proposer.outputs.suite.expressions import Function, Scope, last
from proposer.outputs.suite.iterables import items
from proposer.outputs.suite.truth import constant

__all__ = ["assertions_in"]

_BROAD = frozenset({"Exception", "BaseException", "AssertionError", "ExceptionGroup", "Failed"})
_LAPS = 100_000
_HELPERS = 3
"""Helpers of helpers of helpers are read, no more."""


def assertions_in(function: Function, scope: Scope) -> list[Assertion]:
    """Return what a function asserts, in order, with what is lost in it (`Assertion.lost`).

    Args:
        function: the function.
        scope: its names; calls of functions that it knows count as what these assert.
    """
    return list(_Reader(scope).block(function.body, Place()))


@dataclass
class _Reader:
    scope: Scope
    depth: int = 0

    def block(self, body: list[ast.stmt], place: Place) -> Iterator[Assertion]:
        for statement in body:
            yield from self.statement(statement, place)
            ends = _ends(statement)
            if ends:
                place = replace(place, lost=place.lost or ends)
            elif isinstance(statement, ast.If) and any(map(_ends, statement.body)):
                known = constant(statement.test, self.scope)
                lost = "the test returns before it" if known else ""
                place = replace(place, lost=place.lost or lost, conditional=place.conditional or known is None)

    def statement(self, node: ast.stmt, place: Place) -> Iterator[Assertion]:  # noqa: C901, PLR0912 - one case a kind
        match node:
            case ast.Assert():
                yield from Claims(scope=self.scope).truth(node.test, place)
                return
            case ast.If():
                yield from self.branches(node, place)
            case ast.For() | ast.AsyncFor():
                laps = items(node.iter, self.scope)
                yield from self.calls(node.iter, place)
                inner = place
                if laps is not None:
                    times = min(place.weight * len(laps), _LAPS)
                    inner = replace(place, weight=times, lost=place.lost or ("" if laps else "its loop has no round"))
                yield from self.block(node.body, inner)
                yield from self.block(node.orelse, place)
            case ast.While():
                never = constant(node.test, self.scope) is False
                inner = replace(place, lost=place.lost or ("its loop has no round" if never else ""))
                yield from self.block(node.body, inner)
                yield from self.block(node.orelse, place)
            case ast.With() | ast.AsyncWith():
                inner = place
                words = frozenset[str]().union(*map(self.scope.words, node.body))
                for item in node.items:
                    for row in self.calls(item.context_expr, place):
                        yield replace(row, words=words, statements=len(node.body)) if row.kind == "raises" else row
                    inner = replace(inner, lost=inner.lost or _swallows(item.context_expr))
                yield from self.block(node.body, inner)
            case ast.Try() | ast.TryStar():
                swallowed = any(map(_catches, node.handlers)) or any(map(_ends, node.finalbody))
                inner = replace(place, lost=place.lost or ("its failure is caught" if swallowed else ""))
                yield from self.block(node.body, inner)
                words = frozenset[str]().union(*map(self.scope.words, node.body))
                for handler in node.handlers:
                    # What is said of an exception is said of what raises it.
                    yield from (replace(row, words=row.words | words) for row in self.block(handler.body, place))
                yield from self.block(node.orelse, place)
                yield from self.block(node.finalbody, place)
            case ast.Match():
                for case in node.cases:
                    yield from self.block(case.body, replace(place, conditional=True))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name in self.scope.used:
                    yield from self.block(node.body, place)
            case ast.ClassDef():
                pass
            case _:
                yield from self.calls(node, place)

    def branches(self, node: ast.If, place: Place) -> Iterator[Assertion]:
        known = constant(node.test, self.scope)
        if known is not None:
            never = replace(place, lost=place.lost or "its condition is never true")
            yield from self.block(node.body, place if known else never)
            yield from self.block(node.orelse, never if known else place)
            return
        first = list(self.block(node.body, place))
        second = list(self.block(node.orelse, place))
        sure = all(any(row.rank > Rank.VACUOUS and not row.lost for row in rows) for rows in (first, second))
        for row in (*first, *second):
            yield row if sure else replace(row, conditional=True)

    def calls(self, node: ast.AST, place: Place) -> Iterator[Assertion]:
        """Yield what the calls inside a statement or an expression assert."""
        if isinstance(getattr(node, "value", None), ast.Lambda):
            return
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                yield from self.call(call, place)

    def call(self, node: ast.Call, place: Place) -> Iterator[Assertion]:
        """Yield what a call asserts: by itself, by the function of the tests that it names, by its name."""
        claims = Claims(scope=self.scope)
        known = self.scope.helper(node.func) if self.depth < _HELPERS else None
        for read in (claims.called(node, place), self.helper(known, place), claims.named(node, place)):
            found = list(read)
            if found:
                yield from found
                return

    def helper(self, function: Function | None, place: Place) -> Iterator[Assertion]:
        if function is not None:
            yield from _Reader(self.scope.inside(function), self.depth + 1).block(function.body, place)


def _ends(node: ast.stmt) -> str:
    """Return why what follows a statement in its block is not reached."""
    if isinstance(node, ast.Return):
        return "the test returns before it"
    if isinstance(node, ast.Raise | ast.Continue | ast.Break):
        return "the test leaves before it"
    if isinstance(node, ast.With | ast.AsyncWith):
        return next(filter(None, map(_ends, node.body)), "")
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and last(call.func) in ("skip", "skipTest", "xfail", "exit", "_exit"):
        return "the test is skipped before it"
    if isinstance(call, ast.Call) and last(call.func) == "assume" and call.args:
        return "" if constant(call.args[0], Scope()) is not False else "no example is left"
    return ""


def _catches(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler takes a failed assertion and goes on."""
    names = [handler.type] if handler.type is not None else []
    names = list(names[0].elts) if names and isinstance(names[0], ast.Tuple) else names
    if names and not {last(name) for name in names} & _BROAD:
        return False
    return not any(map(_is_loud, handler.body))


def _is_loud(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    false = isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and not node.test.value
    return isinstance(node, ast.Raise) or false or (isinstance(call, ast.Call) and last(call.func) == "fail")


def _swallows(context: ast.expr) -> str:
    if not isinstance(context, ast.Call):
        return ""
    if last(context.func) in ("suppress", "raises", "assertRaises"):
        names = {last(part) for argument in context.args for part in getattr(argument, "elts", [argument])}
        if names & _BROAD:
            return "its failure is caught"
    return ""
