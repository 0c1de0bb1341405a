"""Assertions: what one says, and how strictly, read from its syntax tree and never from its text."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from proposer.outputs.suite.comparisons import OPPOSITE, Rank, bound_of, is_close, strictness, tolerance
from proposer.outputs.suite.expressions import Scope, last, pure
from proposer.outputs.suite.truth import constant

__all__ = ["Assertion", "Claims", "Place", "is_named_assertion"]


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """One thing that is asserted.

    `form` is the expression without the names of local variables, `subject` what is looked at, without constants too,
    so that it is the same in a loop or a parametrised test. `weight` is how often it is checked. `lost` says why it
    never counts. `words` are the names that occur in it, `bound` the number or the container it is held against,
    `boolean` what it comes to where it only says true or false (empty).
    """

    form: str
    subject: str
    rank: int
    text: str
    kind: str = "truth"
    weight: int = 1
    conditional: bool = False
    lost: str = ""
    words: frozenset[str] = frozenset()
    operator: str = ""
    bound: float | frozenset[str] | None = None
    tolerance: float = 0.0
    exceptions: frozenset[str] = frozenset()
    match: str | None = None
    statements: int = 0
    awaited: bool = False
    boolean: bool | None = None


_UNITTEST: Mapping[str, type[ast.cmpop]] = {
    **dict.fromkeys(
        ("Equal", "Equals", "ListEqual", "DictEqual", "SetEqual", "TupleEqual", "SequenceEqual", "MultiLineEqual",
         "CountEqual", "JSONEqual", "HTMLEqual", "QuerySetEqual", "AlmostEqual", "AlmostEquals"), ast.Eq,
    ),
    "NotEqual": ast.NotEq, "Is": ast.Is, "IsNot": ast.IsNot, "In": ast.In, "NotIn": ast.NotIn, "Greater": ast.Gt,
    "GreaterEqual": ast.GtE, "Less": ast.Lt, "LessEqual": ast.LtE,
}  # fmt: skip
_RAISES = frozenset({"raises", "warns", "deprecated_call", "assertRaises", "assertRaisesRegex", "assertWarns",
                     "assertWarnsRegex", "RaisesGroup", "RaisesExc"})  # fmt: skip
_TYPES = frozenset({"isinstance", "issubclass", "hasattr", "callable", "any", "len", "int", "str", "list", "dict"})
_CALLED = {"assert_called": Rank.RELATION, "assert_any_call": Rank.RELATION, "assert_has_calls": Rank.RELATION,
           "assert_awaited": Rank.RELATION, "assert_called_once": Rank.STRICT, "assert_awaited_once": Rank.STRICT,
           "assert_called_with": Rank.CLOSE, "assert_awaited_with": Rank.CLOSE}  # fmt: skip
_OVERHEAD = 5
"""What an assertion costs beside its own parts."""
_NAMED = re.compile(r"_*(?i:assert|check|verify|expect|ensure|validate|should|must)(?![a-z])|assert")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a function one is: how often it is passed, under a condition or not, and whether failures count."""

    weight: int = 1
    conditional: bool = False
    lost: str = ""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Reads assertions in the scope of one function."""

    scope: Scope

    def called(self, node: ast.Call, place: Place) -> Iterator[Assertion]:
        """Yield what a call asserts by itself: methods of unittest, `pytest.raises`, `fail`."""
        name = last(node.func)
        if name in _RAISES:
            yield self._raising(node, name, place)
        elif name == "fail":
            # It stands under some condition, which any other way to say it may replace.
            yield replace(self.plain(node, place, rank=Rank.RELATION, kind="call"), words=frozenset(), conditional=True)
        elif name.startswith("assert") and name[6:] in _UNITTEST and len(node.args) > 1:
            rank = Rank.UNORDERED if name == "assertCountEqual" else Rank.EQUAL
            yield self.comparison(node.args[0], _UNITTEST[name[6:]](), node.args[1], place, cap=rank, call=node)
        elif name in ("assertTrue", "assert_", "assertFalse") and node.args:
            yield from self.truth(node.args[0], place, negated=name == "assertFalse")
        elif name in ("assertIsNone", "assertIsNotNone") and node.args:
            operator = ast.Is() if name == "assertIsNone" else ast.IsNot()
            yield self.comparison(node.args[0], operator, ast.Constant(None), place)
        elif name == "assertIsInstance":
            yield self.plain(node, place, rank=Rank.TRUTHY, kind="truth")

    def named(self, node: ast.Call, place: Place) -> Iterator[Assertion]:
        """Yield what a call of a foreign helper asserts, to judge by its name."""
        if is_named_assertion(last(node.func)):
            close = is_close(node)
            rank = Rank.CLOSE if close else _CALLED.get(last(node.func), Rank.EQUAL)
            found = self.plain(node, place, rank=rank, kind="call")
            yield replace(found, tolerance=tolerance(node)) if close else found

    def truth(self, node: ast.expr, place: Place, *, negated: bool = False) -> Iterator[Assertion]:
        """Yield what `assert node` (or `assert not node`) says, one row for each part of a conjunction."""
        match node:
            case ast.UnaryOp(op=ast.Not()):
                yield from self.truth(node.operand, place, negated=not negated)
            case ast.BoolOp() if isinstance(node.op, ast.Or if negated else ast.And):
                for value in node.values:
                    yield from self.truth(value, place, negated=negated)
            case ast.BoolOp():
                always = any(constant(value, self.scope) is (not negated) for value in node.values)
                forms = {self.scope.form(value) for value in node.values}
                always |= any(f"Not({form})" in forms for form in forms)
                yield self.plain(node, place, rank=Rank.VACUOUS if always else Rank.TRUTHY, negated=negated)
            case ast.Compare():
                left, count = node.left, len(node.ops)
                for operator, right in zip(node.ops, node.comparators, strict=True):
                    sign = OPPOSITE[type(operator)]() if negated and count == 1 else operator
                    yield self.comparison(left, sign, right, place)
                    left = right
            case ast.NamedExpr():
                yield from self.truth(node.value, place, negated=negated)
            case ast.Call() if is_close(node):
                found = self.plain(node, place, rank=Rank.CLOSE, negated=negated)
                yield replace(found, tolerance=tolerance(node))
            case ast.Call() if last(node.func) == "bool" and len(node.args) == 1:
                yield from self.truth(node.args[0], place, negated=negated)
            case _:
                yield from self._bare(node, place, negated=negated)

    def _bare(self, node: ast.expr, place: Place, *, negated: bool) -> Iterator[Assertion]:
        known = constant(node, self.scope)
        if known is not None:
            rank = Rank.VACUOUS if known is not negated else Rank.EQUAL
            yield self.plain(node, place, rank=rank, kind="call" if rank else "truth", negated=negated)
            return
        rank = Rank.TRUTHY
        if isinstance(node, ast.Call):
            name = last(node.func)
            if name == "all" and node.args and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp):
                rank = min((row.rank for row in self.truth(node.args[0].elt, place)), default=rank)
            elif name not in _TYPES:
                rank = Rank.RELATION
        yield replace(self.plain(node, place, rank=rank, negated=negated), boolean=not negated)

    def comparison(
        self, left: ast.expr, operator: ast.cmpop, right: ast.expr, place: Place, *, cap: int = Rank.EQUAL,
        call: ast.Call | None = None,
    ) -> Assertion:  # fmt: skip
        """Return what a comparison says; `call` is the method of unittest that makes it."""
        if pure(left, self.scope) and not pure(right, self.scope) and isinstance(operator, (ast.Eq, ast.NotEq, ast.Is)):
            left, right = right, left
        sides = [one for one in (left, right, call) if isinstance(one, ast.Call) and is_close(one)]
        widest = max(map(tolerance, sides), default=0.0)
        most = min(cap, Rank.CLOSE) if sides else cap
        rank = min(most, strictness(left, operator, right, self.scope))
        node = ast.Compare(left=left, ops=[operator], comparators=[right])
        found = self.plain(node, place, rank=rank, kind="compare")
        return replace(
            found,
            subject=self.scope.subject(left),
            operator=type(operator).__name__,
            bound=bound_of(right, self.scope),
            tolerance=widest,
            boolean=_boolean(operator, right),
        )

    def _raising(self, node: ast.Call, name: str, place: Place) -> Assertion:
        found = self.plain(node, place, rank=Rank.EQUAL, kind="raises")
        first = (
            node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "expected_exception"), None)
        )
        parts = first.elts if isinstance(first, ast.Tuple) else [first] if first is not None else []
        names = frozenset(last(part) or ast.unparse(part) for part in parts)
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        pattern = given.get("match") or given.get("expected_regex")
        if pattern is None and name.endswith("Regex") and len(node.args) > 1:
            pattern = node.args[1]
        match = ast.unparse(pattern) if pattern is not None else None
        if names & self.scope.varied:
            names = self.scope.values
        return replace(found, subject="raises", exceptions=names, match=match)

    def plain(
        self, node: ast.expr, place: Place, *, rank: int, kind: str = "truth", negated: bool = False
    ) -> Assertion:
        """Return an assertion of an expression as it stands."""
        parts = list(ast.walk(node))
        self.scope.budget.spend(len(parts) + _OVERHEAD)
        form = self.scope.form(node)
        return Assertion(
            form=f"Not({form})" if negated else form,
            subject=self.scope.subject(node),
            rank=rank,
            text=("not " if negated else "") + ast.unparse(node)[:100],
            kind=kind,
            weight=place.weight,
            conditional=place.conditional,
            lost=place.lost,
            words=self.scope.words(node),
            awaited=any(isinstance(part, ast.Await) for part in parts),
        )


def is_named_assertion(name: str) -> bool:
    """Tell whether a function asserts something, going by its name."""
    return _NAMED.match(name) is not None


def _boolean(operator: ast.cmpop, right: ast.expr) -> bool | None:
    """Return what a comparison with True, False or something empty says of the truth of the other side."""
    if not isinstance(operator, ast.Eq | ast.Is):
        return None
    if isinstance(right, ast.Constant) and isinstance(right.value, bool):
        return right.value
    members = right.keys if isinstance(right, ast.Dict) else getattr(right, "elts", None)
    empty = members is not None and not members
    return False if empty or (isinstance(right, ast.Constant) and right.value == "") else None
