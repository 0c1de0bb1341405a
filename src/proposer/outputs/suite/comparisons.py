"""How strict a comparison is: its operator, its tolerance, its limit, and whether it says anything at all."""

import ast
from collections.abc import Mapping

from proposer.outputs.suite.expressions import Scope, last, pure

__all__ = ["OPPOSITE", "Rank", "bound_of", "is_close", "strictness", "tolerance"]


class Rank:
    """How much an assertion excludes; only the order means something."""

    VACUOUS = 0
    ITSELF = 5
    TRUTHY = 10
    RELATION = 20
    STRICT = 25
    CLOSE = 30
    UNORDERED = 35
    EQUAL = 40


_RANKS: Mapping[type[ast.cmpop], int] = {
    ast.Eq: Rank.EQUAL, ast.Is: Rank.EQUAL, ast.NotEq: Rank.RELATION, ast.IsNot: Rank.TRUTHY, ast.In: Rank.RELATION,
    ast.NotIn: Rank.RELATION, ast.Lt: Rank.STRICT, ast.Gt: Rank.STRICT, ast.LtE: Rank.RELATION, ast.GtE: Rank.RELATION,
}  # fmt: skip
OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_CLOSE = frozenset(
    {"approx", "isclose", "allclose", "assert_allclose", "assert_almost_equal", "AlmostEqual", "AlmostEquals"}
)
_TOLERANCES = ("rel", "abs", "rel_tol", "abs_tol", "rtol", "atol", "delta")
_HUGE = 1e300
_SAYS_NOTHING = ((ast.GtE, 0), (ast.Gt, -1), (ast.NotEq, -1))
"""Of a length, every value passes."""


def is_close(node: ast.Call) -> bool:
    """Tell whether a call compares approximately."""
    return last(node.func).removeprefix("assert") in _CLOSE or last(node.func) in _CLOSE


def strictness(left: ast.expr, operator: ast.cmpop, right: ast.expr, scope: Scope) -> int:
    """Return how much a comparison excludes: nothing where both sides are constants, or the same."""
    if _vacuous(left, operator, right, scope):
        # A builtin may be what is tested, so that an assertion about one is not nothing.
        calls = any(isinstance(part, ast.Call) for side in (left, right) for part in ast.walk(side))
        return Rank.ITSELF if calls and ast.dump(left) != ast.dump(right) else Rank.VACUOUS
    same = isinstance(operator, ast.Eq | ast.Is | ast.LtE | ast.GtE)
    if same and scope.inlined(left) == scope.inlined(right):
        return Rank.ITSELF
    if {last(left), last(right)} & {"ANY", *scope.lenient}:
        return Rank.TRUTHY
    # What is expected is made of what is looked at: `f(1) == f(1) + 0`.
    if same and isinstance(left, ast.Call) and scope.inlined(left) in scope.inlined(right):
        return Rank.ITSELF
    if isinstance(operator, ast.IsNot) and not (isinstance(right, ast.Constant) and right.value is None):
        return Rank.RELATION
    return _RANKS[type(operator)]


def _vacuous(left: ast.expr, operator: ast.cmpop, right: ast.expr, scope: Scope) -> bool:
    if pure(left, scope) and pure(right, scope):
        return True
    number = bound_of(right, scope)
    if isinstance(left, ast.Call) and last(left.func) == "len" and (type(operator), number) in _SAYS_NOTHING:
        return True
    if isinstance(operator, ast.Eq | ast.Is | ast.LtE | ast.GtE):
        return ast.dump(left) == ast.dump(right)
    if isinstance(operator, ast.In) and isinstance(right, ast.Tuple | ast.List | ast.Set):
        return any(ast.dump(left) == ast.dump(one) for one in right.elts)
    fresh = ast.List | ast.Dict | ast.Tuple | ast.Set | ast.JoinedStr
    return isinstance(operator, ast.IsNot) and isinstance(left, fresh)


def tolerance(call: ast.Call) -> float:
    """Return the largest tolerance of an approximate comparison; the default of pytest where none is given."""
    given = [keyword.value for keyword in call.keywords if keyword.arg in _TOLERANCES]
    places = [keyword.value for keyword in call.keywords if keyword.arg in ("places", "decimal")]
    name = last(call.func)
    if name == "approx":
        given += call.args[1:3]
    elif name.startswith("assertAlmost") and len(call.args) > 2:  # noqa: PLR2004 - (first, second, places)
        places.append(call.args[2])
    numbers = [_number(node) for node in given]
    powers = [_number(node) for node in places]
    numbers += [None if power is None else 10.0 ** -min(max(power, -300), 300) for power in powers]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return float("inf")
    return max(known, default=1e-7 if name.startswith("assertAlmost") else 1e-6)


def bound_of(node: ast.expr, scope: Scope) -> float | frozenset[str] | None:
    """Return the number that a value is held against, or the members of a container."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return frozenset(scope.form(part) for part in node.elts)
    return _number(node)


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and abs(value) < _HUGE else None
