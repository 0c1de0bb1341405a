"""Decorators and calls that say whether, how often and with what a test runs."""

import ast
import re
from collections.abc import Iterator, Mapping

from proposer.outputs.suite.expressions import Function, Scope, dotted, last
from proposer.outputs.suite.iterables import items
from proposer.outputs.suite.truth import constant

__all__ = [
    "argument_names", "examples", "is_table", "length", "mocked", "run_endings", "sets", "skip_calls", "skip_marks",
    "unhealthy", "used_fixtures",
]  # fmt: skip

_SKIPS = ("skip", "xfail", "expectedfailure", "flaky", "quarantine", "disabled", "manual", "wip", "broken", "slow")
_CALLS = frozenset(
    {"pytest.skip", "pytest.xfail", "pytest.importorskip", "pytest.exit", "self.skipTest", "cls.skipTest"}
)
_ENDINGS = frozenset({"os._exit", "os.abort", "os.kill", "os.execv", "sys.exit", "exit", "quit"})
_PATCHES = frozenset({"patch", "object", "setattr", "patch_object", "multiple"})


def skip_calls(node: ast.AST, aliases: Mapping[str, str]) -> Iterator[str]:
    """Yield the calls and exceptions inside a node that skip a test."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and dotted(part.func, aliases) in _CALLS:
            yield _silent(part)
        elif isinstance(part, ast.Call) and last(part.func) in ("add_marker", "applymarker"):
            yield from (ast.unparse(part)[:100] for one in part.args if last(one).startswith(("skip", "xfail")))
        elif isinstance(part, ast.Raise):
            name = last(part.exc)
            if name in ("SkipTest", "Skipped", "XFailed") or (name == "Exception" and "skip" in dotted(part.exc)):
                yield f"raise {dotted(part.exc)}"


def run_endings(body: list[ast.stmt], aliases: Mapping[str, str]) -> Iterator[str]:
    """Yield what ends the whole run when a module is imported; not what it does as a program of its own."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.ClassDef):
            yield from run_endings(node.body, aliases)
            continue
        if isinstance(node, ast.If) and "'__main__'" in ast.unparse(node.test):
            continue
        for part in ast.walk(node):
            name = dotted(part.func, aliases) if isinstance(part, ast.Call) else ""
            if name in _ENDINGS or (isinstance(part, ast.Raise) and last(part.exc) == "SystemExit"):
                yield name or "SystemExit"


def skip_marks(
    mark: ast.expr, aliases: Mapping[str, str], constants: Mapping[str, ast.expr], helpers: Mapping[str, Function]
) -> Iterator[str]:
    """Yield how a decorator skips a test, or lets it fail.

    Args:
        mark: the decorator.
        aliases: what imported names stand for.
        constants: names of the module that are assigned once.
        helpers: functions of the module.
    """
    name = dotted(mark, aliases).split(".")[-1]
    resolved = constants.get(name)
    if resolved is not None and resolved is not mark and not isinstance(resolved, ast.Name):
        yield from skip_marks(resolved, aliases, constants, helpers)
    if name.lower().startswith(_SKIPS):
        condition = mark.args[0] if isinstance(mark, ast.Call) and mark.args and name != "skip" else None
        harmless = name.lower().startswith("skipunless")
        if condition is None or constant(condition, Scope(given=constants)) is not harmless:
            yield _silent(mark)
    local = helpers.get(name)
    if local is not None and local.args.args and not _keeps(local):
        yield f"decorator {name} drops the test"


def is_table(mark: ast.Call) -> bool:
    """Tell whether a mark lists parameter sets."""
    return last(mark) in ("parametrize", "expand", "data", "idata", "parameterized")


def argument_names(mark: ast.Call) -> list[str]:
    """Return the names of the arguments that a mark gives values to."""
    first = mark.args[0] if mark.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value.split(",")
    elements = first.elts if isinstance(first, ast.Tuple | ast.List) else []
    return [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def sets(mark: ast.Call, scope: Scope) -> int | None:
    """Return how many parameter sets of a mark run."""
    if last(mark) == "parametrize":
        values = (
            mark.args[1] if len(mark.args) > 1 else next((k.value for k in mark.keywords if k.arg == "argvalues"), None)
        )
    elif last(mark) == "data":
        values = ast.List(elts=mark.args)
    else:
        values = mark.args[0] if mark.args else None
    return length(values, scope) if values is not None else None


def length(values: ast.expr, scope: Scope) -> int | None:
    """Return how many values run, without those that are marked as skipped."""
    found = items(values, scope)
    if found is None:
        return None
    off = [one for one in found if "keyword(arg='marks'" in one and re.search(r"'(?:skip|xfail)", one)]
    return len(found) - len(off)


def _silent(node: ast.expr) -> str:
    """Return a mark or a call without the reason that it gives, so that another reason is no other skip."""
    if not isinstance(node, ast.Call):
        return ast.unparse(node)[:100]
    spoken = last(node) != "importorskip"
    args = [one for one in node.args if not (spoken and isinstance(one, ast.Constant) and isinstance(one.value, str))]
    keywords = [one for one in node.keywords if one.arg not in ("reason", "msg", "allow_module_level")]
    return ast.unparse(ast.Call(func=node.func, args=args, keywords=keywords) if args or keywords else node.func)[:100]


def used_fixtures(decorators: list[ast.expr]) -> Iterator[str]:
    """Yield the fixtures that decorators ask for."""
    for mark in decorators:
        if isinstance(mark, ast.Call) and last(mark) == "usefixtures":
            yield from (one.value for one in mark.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def mocked(decorators: list[ast.expr], inner: list[ast.AST]) -> Iterator[str]:
    """Yield the last names of what is put aside by a stand-in."""
    for node in [*(part for mark in decorators for part in ast.walk(mark)), *inner]:
        if isinstance(node, ast.Call) and last(node.func) in _PATCHES:
            texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (text.split(".")[-1] for text in texts)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            yield node.attr


def examples(decorators: list[ast.expr]) -> int:
    """Return how many examples hypothesis draws at most; a number that cannot be seen counts as none."""
    found = 100
    for mark in decorators:
        if isinstance(mark, ast.Call) and last(mark) == "settings":
            for keyword in mark.keywords:
                if keyword.arg == "max_examples":
                    value = keyword.value
                    found = value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else 0
                elif keyword.arg == "phases":
                    found = min(found, len(getattr(keyword.value, "elts", [])) * 25)
    return found + sum(1 for mark in decorators if last(mark) == "example")


def unhealthy(decorators: list[ast.expr]) -> Iterator[str]:
    """Yield the health checks of hypothesis that decorators suppress."""
    for mark in decorators:
        if isinstance(mark, ast.Call) and last(mark) == "settings":
            for keyword in mark.keywords:
                if keyword.arg == "suppress_health_check":
                    yield from (
                        last(one) or ast.unparse(one) for one in getattr(keyword.value, "elts", [keyword.value])
                    )


def _keeps(function: Function) -> bool:
    """Tell whether a decorator uses what it is given."""
    name = function.args.args[0].arg
    return any(
        isinstance(part, ast.Name) and part.id == name for statement in function.body for part in ast.walk(statement)
    )
