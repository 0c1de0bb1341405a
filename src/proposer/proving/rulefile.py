"""One rules file, read without running it: Starlark's calls and literals are Python's, so `ast` reads them.

What Codex allows by a rule runs outside of the sandbox. Whatever hides a decision from a reader (another name for
`prefix_rule`, a computed decision, positional arguments) is therefore a problem too.
"""

import ast
from collections.abc import Iterator

__all__ = ["count", "problems"]

_RULES = {"prefix_rule": ("forbidden", "prompt"), "network_rule": ("deny", "forbidden", "prompt")}
"""Functions that take a decision, and the decisions that a repository may make."""
_TESTS = ("match", "not_match")


def problems(text: str) -> list[str]:
    """Return one sentence for each rule that allows something, hides what it decides, or does not test itself."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        return [f"cannot be read: {error.__class__.__name__.removesuffix('Error').lower()} error"]
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in _RULES]
    rows = [row for node in called for row in _call(node)]
    heads = {id(node.func) for node in called}
    return [
        *rows,
        *(
            f"line {line}: {name} is given another name or meaning; call it by its own"
            for line, name in _others(tree, heads)
        ),
    ]


def _others(tree: ast.AST, heads: set[int]) -> Iterator[tuple[int, str]]:
    """Yield line and name of each use of a rule function that is not a call of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.FunctionDef | ast.arg) and id(node) not in heads:
            name = (
                node.id if isinstance(node, ast.Name) else node.name if isinstance(node, ast.FunctionDef) else node.arg
            )
            if name in _RULES:
                yield node.lineno, name


def count(text: str) -> int:
    """Return how many calls of `prefix_rule` a readable file has."""
    return sum(isinstance(node, ast.Call) and _name(node) == "prefix_rule" for node in ast.walk(ast.parse(text)))


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _call(node: ast.Call) -> Iterator[str]:
    name, where = _name(node), f"line {node.lineno}: {_name(node)}"
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if node.args or None in given:
        yield f"{where} has arguments without names; write each as name = value"
        return
    decision = given.get("decision")
    if decision is None:
        yield f"{where} has no decision, which means allow: the command would run outside of the sandbox"
    elif not isinstance(decision, ast.Constant):
        yield f"{where} computes its decision; write it as a word"
    elif decision.value == "allow":
        yield f"{where} allows: the command would run outside of the sandbox"
    elif decision.value not in _RULES[name]:
        yield f"{where} decides {decision.value!r}; use {' or '.join(_RULES[name])}"
    if name == "prefix_rule":
        for test in _TESTS:
            value = given.get(test)
            if not isinstance(value, ast.List) or not value.elts:
                yield f"{where} has no {test} examples; add {test} = [...]"
