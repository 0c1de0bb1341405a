"""Whether an expression is always true, or always false."""

import ast

from proposer.outputs.suite.expressions import Scope, last, pure

__all__ = ["constant"]

_DEPTH = 3


def constant(node: ast.expr, scope: Scope, depth: int = _DEPTH) -> bool | None:  # noqa: PLR0911 - one case a kind
    """Return whether an expression is always true or always false; None where it depends."""
    match node:
        case ast.BoolOp():
            decides = isinstance(node.op, ast.Or)
            values = [constant(value, scope, depth) for value in node.values]
            return decides if decides in values else None if None in values else not decides
        case ast.IfExp():
            arms = {constant(node.body, scope, depth), constant(node.orelse, scope, depth)}
            return arms.pop() if len(arms) == 1 else None
        case ast.UnaryOp(op=ast.Not()):
            inner = constant(node.operand, scope, depth)
            return None if inner is None else not inner
        case ast.NamedExpr():
            return constant(node.value, scope, depth)
        case ast.Call() if last(node.func) == "bool" and len(node.args) == 1:
            return constant(node.args[0], scope, depth)
        case ast.Call(func=ast.Name(id="all" | "any" as name)) if len(node.args) == 1:
            return _all_or_any(node.args[0], scope, name == "any")
        case ast.Name() if depth and node.id in scope.given and pure(node, scope):
            return constant(scope.given[node.id], scope, depth - 1)
        case ast.Compare() if len(node.ops) == 1 and pure(node, scope):
            return _compared(node)
        case _:
            return _literally(node)


def _all_or_any(node: ast.expr, scope: Scope, decides: bool) -> bool | None:
    """Return what `any` (which one true value decides) or `all` (which one false value decides) says."""
    if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        empty = any(constant(one.iter, scope) is False for one in node.generators)
        return not decides if empty else None
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return None
    values = [constant(one, scope) for one in node.elts]
    return decides if decides in values else None if None in values else not decides


def _literally(node: ast.expr) -> bool | None:  # noqa: PLR0911 - one case a kind
    match node:
        case ast.Constant():
            return bool(node.value)
        case ast.Tuple() | ast.List() | ast.Set():
            return None if any(isinstance(one, ast.Starred) for one in node.elts) else bool(node.elts)
        case ast.Dict():
            return bool(node.keys) if None not in node.keys else None
        case ast.JoinedStr():
            return True if any(isinstance(one, ast.Constant) and one.value for one in node.values) else None
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case _:
            return None


def _compared(node: ast.Compare) -> bool | None:
    try:
        left, right = ast.literal_eval(node.left), ast.literal_eval(node.comparators[0])
        match node.ops[0]:
            case ast.Eq():
                return bool(left == right)
            case ast.NotEq():
                return bool(left != right)
            case ast.Lt():
                return bool(left < right)
            case ast.Gt():
                return bool(left > right)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return None
    return None
