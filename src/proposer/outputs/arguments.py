"""Whether command lines of checks ask for less than before: `addopts`, nox sessions, hooks of pytest."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from proposer.outputs.reasons import Reason
from proposer.outputs.suite.expressions import last

__all__ = ["loosened_arguments", "loosened_sessions", "pytest_hooks"]

_LOOSE = re.compile(
    r"--(ignore(-glob)?|deselect|no-cov\w*|co|collect-only|lf|last-failed|sw|stepwise|disable-warnings|reruns\S*|exit-zero\S*"
    r"|continue-on-collection-errors|suppress-no-test-exit-code|no-strict\S*|allow-\S+|ignore-\S+|exclude\S*|skip\S*|omit\S*"
    r"|extend-ignore\S*|disable\S*|noconftest|assert=plain|no-\S+|confcutdir|max-\S+|baseline\S*)(=.*)?|-(k|m|p|W|O|OO)(.+)?"
)
_STRICT = re.compile(
    r"--(strict\S*|cov\S*|runxfail|fail-under\S*|error\S*|warn\S*|check|diff|random\S*)(=.*)?|-W.*error.*"
)
_THRESHOLD = re.compile(r"--(?:cov-)?fail-under=?(\d+(?:\.\d+)?)?")
_HARMLESS = re.compile(
    r"-p\s*(xdist|randomly|no:cacheprovider)|--(no-header|no-summary|disable-socket\S*|cov-report\S*|max-worker\S*)"
)
_HOOKS = re.compile(
    "pytest_(ignore|collect|itemcollected|pycollect|pyfunc|generate|make_parametrize|runtest|report|exception|configure|cmdline"
    "|load_initial|sessionfinish|sessionstart|unconfigure|terminal|deselected)"
)
_JOINED = ("-k", "-m", "-p", "-W", "--ignore", "--deselect", "--cov-fail-under", "--ignore-glob", "--fail-under")


def loosened_arguments(old: list[str], new: list[str]) -> Iterator[str]:
    """Yield what a command line leaves out that it did not leave out before."""
    first, second = Counter(_joined(old)), Counter(_joined(new))
    limits = [
        [float(m[1]) for word in words if (m := _THRESHOLD.fullmatch(word)) and m[1]] for words in (first, second)
    ]
    if limits[0] and (not limits[1] or max(limits[1]) < max(limits[0])):
        yield f"the threshold was {max(limits[0]):g} and is {f'{max(limits[1]):g}' if limits[1] else 'gone'} now"
    for word in second - first:
        stricter = "error" in word and word.startswith("-W")
        if _LOOSE.fullmatch(word) and not stricter and not _HARMLESS.match(word) and not _THRESHOLD.fullmatch(word):
            yield f"`{word[:80]}` was added"
    for word in first - second:
        if _STRICT.fullmatch(word) and not _HARMLESS.match(word) and not _THRESHOLD.fullmatch(word):
            yield f"`{word[:80]}` is gone"


def _joined(words: list[str]) -> Iterator[str]:
    """Yield words, an option together with its value."""
    at = 0
    while at < len(words):
        word = words[at].strip("\"'")
        if word in _JOINED and at + 1 < len(words):
            at += 1
            sign = "=" if word.startswith("--") else " "
            word = word + sign + words[at].strip("\"'")
        yield word
        at += 1


def loosened_sessions(path: str, old: str, new: str) -> Iterator[Reason]:
    """Yield sessions and commands that a noxfile no longer runs, or runs with less."""
    try:
        first, second = ast.parse(old), ast.parse(new)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield Reason("settings-loosened", path, "cannot be read as Python")
        return
    before, after = dict(_functions(first)), dict(_functions(second))
    for name, function in before.items():
        other = after.get(name)
        if other is None or (_is_session(function) and not _is_session(other)):
            if _is_session(function):
                yield Reason("settings-loosened", path, f"session {name} is gone")
            continue
        gone = Counter(_commands(function))
        come = Counter(_commands(other))
        added = list((come - gone).elements())
        for command in (gone - come).elements():
            same = next((one for one in added if one and command and one[0] == command[0]), None)
            if same is None:
                yield Reason("settings-loosened", path, f"{name} no longer runs `{' '.join(command)[:80]}`")
                continue
            added.remove(same)
            for message in loosened_arguments(list(command), list(same)):
                yield Reason("settings-loosened", path, f"{name}, {command[0]}: {message}")
    codes = ast.unparse(second).count("success_codes") - ast.unparse(first).count("success_codes")
    if codes > 0:
        yield Reason("settings-loosened", path, "a failing command counts as good (success_codes)")


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def _is_session(function: ast.FunctionDef) -> bool:
    return any(last(mark) in ("session", "task", "parametrize") for mark in function.decorator_list)


def _commands(function: ast.FunctionDef) -> Iterator[tuple[str, ...]]:
    """Yield the words of the commands that a function runs."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and last(node.func) in ("run", "run_always", "run_install"):
            words = [str(one.value) if isinstance(one, ast.Constant) else ast.unparse(one) for one in node.args]
            yield tuple(word for text in words for word in text.split())


def pytest_hooks(path: str, old: str, new: str) -> Iterator[Reason]:
    """Yield hooks in a conftest.py that may leave tests out, and files that it no longer collects."""
    try:
        first, second = ast.parse(old), ast.parse(new)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # said of every test file that cannot be read
    hooks = [set(_names(tree)) for tree in (first, second)]
    for name in sorted(hooks[1] - hooks[0]):
        if _HOOKS.match(name):
            yield Reason("settings-loosened", path, f"the hook {name} was added: it may leave out tests or failures")
    ignored = [Counter(_ignored(tree)) for tree in (first, second)]
    for name in sorted((ignored[1] - ignored[0]).elements()):
        yield Reason("settings-loosened", path, f"{name} is no longer collected")


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def _ignored(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and last(target).startswith("collect_ignore"):
            yield from (ast.unparse(one) for one in getattr(node.value, "elts", [node.value]))
        elif isinstance(node, ast.Call) and last(node.func) in ("append", "extend"):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            yield from map(ast.unparse, node.args if last(owner).startswith("collect_ignore") else [])
