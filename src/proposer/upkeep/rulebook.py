"""Compares execpolicy rules, and the table of commands that tries them."""

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from proposer.errors import UsageError
from proposer.proving.cases import CASES, Case, parse
from proposer.upkeep.weakening import Weakening

__all__ = ["compare"]

_FOLDER = ".codex/rules"
_STRICT = {"allow": 0, "": 1, "prompt": 2, "deny": 3, "forbidden": 3}
"""Codex takes the strictest of all rules whose words a command starts with; no rule stands between allow and prompt."""
_MOST = 4096
"""Commands that the alternatives of one pattern may stand for."""
_TOLD = {"decision", "justification", "match", "not_match"}


@dataclass
class _Book:
    """All rules of one side: prefixes with their decisions, network rules by what they are about, and the rest."""

    prefixes: dict[tuple[str, ...], str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    places: dict[tuple[str, ...] | str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def decision(self, words: tuple[str, ...]) -> str:
        """Return what becomes of a command that starts with these words."""
        found = [self.prefixes.get(words[:size], "") for size in range(1, len(words) + 1)]
        return max((one for one in found if one), key=_STRICT.__getitem__, default="")


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    """Yield where the new rules refuse less; both map the paths of all files below `.codex/rules` to their bytes."""
    before, after = _book(old), _book(new)
    for path in after.unreadable:
        if path not in before.unreadable:
            yield _found("unreadable", path, "the file", "readable", "not readable", "no rule in it can be relied on")
    for words, decision in before.prefixes.items():
        now = after.decision(words)
        if _STRICT[now] < _STRICT[decision]:
            command = " ".join(words)
            yield _found("rule", before.places[words], f"`{command}`", decision, now, "Codex may run such commands")
    for words, decision in after.prefixes.items():
        if decision == "allow" and before.prefixes.get(words) != "allow" and words not in before.prefixes:
            command = f"`{' '.join(words)}`"
            yield _found("rule", after.places[words], command, "", "allow", "it would run outside of the sandbox")
    yield from _others(before, after)
    yield from _cases(old.get(CASES), new.get(CASES))


def _others(before: _Book, after: _Book) -> Iterator[Weakening]:
    for about, decision in before.networks.items():
        now = after.networks.get(about, "")
        if _STRICT[now] < _STRICT[decision]:
            yield _found("rule", before.places[about], about, decision, now, "Codex may reach such hosts")
    for text in sorted(before.others - after.others):
        yield _found("rule", _FOLDER, text[:200], "there", "", "what it refused cannot be told, so a person must look")
    for text in sorted(after.others - before.others):
        yield _found("rule", _FOLDER, text[:200], "", "there", "what it allows cannot be told, so a person must look")


def _found(code: str, path: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=path, what=what, was=was, now=now, why=why)


def _book(files: Mapping[str, bytes]) -> _Book:
    """Read what Codex loads: the files directly in the folder whose names end in `.rules`."""
    book = _Book()
    for path, data in sorted(files.items()):
        if path.endswith(".rules") and path.rpartition("/")[0] == _FOLDER:
            try:
                tree = ast.parse(data.decode("utf-8"))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                book.unreadable.append(path)
                continue
            for node in tree.body:
                _take(book, path, node)
    return book


def _take(book: _Book, path: str, node: ast.stmt) -> None:
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Constant):
        return  # a string that stands for a comment
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
        book.others.add(ast.unparse(node))
        return
    given = {one.arg: one.value for one in call.keywords}
    decision = given.get("decision", ast.Constant("allow"))
    word = decision.value if isinstance(decision, ast.Constant) else None
    prefixes = _expanded(given.get("pattern"))
    if word not in _STRICT or None in given:
        book.others.add(ast.unparse(node))
    elif call.func.id == "prefix_rule" and prefixes:
        for words in prefixes:
            if _STRICT[str(word)] >= _STRICT.get(book.prefixes.get(words, "allow"), 0):
                book.prefixes[words], book.places[words] = str(word), path
    elif call.func.id == "network_rule":
        about = ", ".join(f"{key}={ast.unparse(value)}" for key, value in sorted(_subject(given)))
        book.networks[about], book.places[about] = str(word), path
    else:
        book.others.add(ast.unparse(node))


def _subject(given: Mapping[str | None, ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    return ((key, value) for key, value in given.items() if key is not None and key not in _TOLD)


def _expanded(pattern: ast.expr | None) -> list[tuple[str, ...]]:
    """Return every prefix that a pattern stands for; nothing where it is not made of plain words."""
    try:
        parts = ast.literal_eval(pattern) if pattern is not None else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return []
    if not isinstance(parts, list) or not parts:
        return []
    choices = [one if isinstance(one, list) else [one] for one in parts]
    total = 1
    for one in choices:
        total *= len(one)
    plain = all(isinstance(word, str) for one in choices for word in one)
    return list(itertools.product(*choices)) if plain and total <= _MOST else []


def _cases(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    """Yield commands whose refusal was tried and is tried no more."""
    before, after = _table(old), _table(new)
    if after is None and before is not None:
        yield _found("unreadable", CASES, "the table", "readable", "not readable", "no rule is tried")
    for command, case in (before or {}).items():
        now = (after or {}).get(command)
        if after is not None and case.run in ("rules", "codex") and (now is None or now.run == "runs"):
            yield _found("rule-tested", CASES, f"`{command}`", f"run = {case.run}", f"run = {now.run}" if now else "",
                         "nobody would notice that the rule is gone")  # fmt: skip


def _table(data: bytes | None) -> dict[str, Case] | None:
    try:
        return {case.command: case for case in parse(data)} if data is not None else {}
    except UsageError:
        return None
