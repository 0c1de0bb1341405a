"""Takes one rule after another out of the modules of the trust boundary, and looks for a test that fails for it.

`python tests/mutants.py [MODULE ...]` prints what each module came to, then every mutant that no test noticed.
`tests/mutants.toml` names the tests of each module, and the mutants that may survive with the reason why. A mutant that
survives without a reason, or a reason without its mutant, makes the exit code 1.

A rule is: an item of a table, a word of a table written as text, an alternative of a pattern, a condition.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

HERE = Path(__file__).resolve().parent
REASONS = HERE / "mutants.toml"
SOURCES = HERE.parent / "src"
NOT_VIABLE = 99
"""Exit code of a mutant that cannot be imported: a pattern that does not compile, a table that others index."""
PATIENCE = 60.0
"""Seconds after which a mutant counts as noticed: it never ends."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A module's source with one rule taken out.

    Attributes:
        module: its dotted name.
        label: where and what, without a line number, so that a reason stays valid when the module grows.
        line: where the rule begins.
        source: the whole source without it.
    """

    module: str
    label: str
    line: int
    source: str = field(repr=False)


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source that is still valid Python, each label once."""
    data = source.encode()
    starts = [0]
    for row in data.split(b"\n"):
        starts.append(starts[-1] + len(row) + 1)
    seen, cuts = set[str](), set[tuple[int, int, bytes]]()

    def span(node: ast.expr) -> tuple[int, int]:
        begin = starts[node.lineno - 1] + node.col_offset
        return begin, starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    for place, node, what, cut in _rules(ast.parse(source), data, span):
        if cut in cuts:  # the pieces of a text that is written in several ones have one place
            continue
        cuts.add(cut)
        text = (data[: cut[0]] + cut[2] + data[cut[1] :]).decode(errors="replace")
        label = f"{place}: {what}"
        label = next(name for name in (label, *(f"{label} ({n})" for n in range(2, 999))) if name not in seen)
        seen.add(label)
        try:
            compile(text, module, "exec")
        except (SyntaxError, ValueError):
            continue
        yield Mutant(module=module, label=label, line=node.lineno, source=text)


Found = tuple[str, ast.expr, str, tuple[int, int, bytes]]


def _rules(tree: ast.Module, data: bytes, span: Any) -> Iterator[Found]:
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=place)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=place), value=ast.expr() as value)
            ) if place != "__all__" and not isinstance(value, ast.Subscript):
                yield from _of_data(place, value, data, span)
            case ast.FunctionDef(name=place) | ast.ClassDef(name=place):
                yield from _of_code(place, statement, data, span)
            case _:
                pass


def _of_data(place: str, value: ast.expr, data: bytes, span: Any) -> Iterator[Found]:
    """Yield the items, words and alternatives of a module's table."""
    for node in ast.walk(value):
        match node:
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                for item in items:
                    yield place, item, f"item {_short(data, span(item))}", (*_with_comma(data, *span(item)), b"")
            case ast.Dict(keys=keys, values=values):
                for key, item in zip(keys, values, strict=True):
                    if key is not None:
                        begin, end = span(key)[0], span(item)[1]
                        yield place, key, f"item {_short(data, span(key))}", (*_with_comma(data, begin, end), b"")
            case ast.Constant(value=str()):
                yield from _of_text(place, node, data, span)
            case ast.JoinedStr():
                yield from _alternatives(place, node, data, span)
            case _:
                pass


def _of_text(place: str, node: ast.Constant, data: bytes, span: Any) -> Iterator[Found]:
    begin, end = span(node)
    raw = data[begin:end]
    if b"|" in raw:
        yield from _alternatives(place, node, data, span)
    elif len(raw.split()) > 2:  # a table written as text has some words
        at = 0
        for word in raw.split():
            at = raw.index(word, at)
            if not word.strip(b"\"'"):
                at += len(word)
                continue
            inside = word.strip(b"\"'")
            first = begin + at + word.index(inside)
            yield place, node, f"word {inside.decode()}", (first, first + len(inside), b"")
            at += len(word)


def _alternatives(place: str, node: ast.expr, data: bytes, span: Any) -> Iterator[Found]:
    """Yield each alternative of a pattern: what stands between two `|`, or `|` and a bracket, of one depth."""
    begin, end = span(node)
    raw = data[begin:end]
    for at, char in enumerate(raw):
        if char == ord("|") and raw[at - 1] != ord("\\"):
            stop = _end_of(raw, at + 1, 1)
            yield place, node, f"alternative {raw[at:stop].decode(errors='replace')}", (begin + at, begin + stop, b"")
            start = _end_of(raw, at - 1, -1) + 1
            if raw[start - 1 : start] != b"|":
                first = raw[start:at].decode(errors="replace")
                yield place, node, f"alternative {first}|", (begin + start, begin + at + 1, b"")


def _end_of(raw: bytes, at: int, step: int) -> int:
    """Return where an alternative ends in a direction: at a `|`, a bracket or a quote of its own depth."""
    depth, opening, closing = 0, b"([{"[::1], b")]}"
    if step < 0:
        opening, closing = closing, opening
    while 0 <= at < len(raw):
        char = raw[at : at + 1]
        if raw[at - 1 : at] == b"\\":
            pass
        elif char in opening and char:
            depth += 1
        elif char in closing and char:
            if depth == 0:
                return at if step > 0 else _after_prefix(raw, at)
            depth -= 1
        elif depth == 0 and char in b"|\"'\n":
            return at
        at += step
    return at


def _after_prefix(raw: bytes, at: int) -> int:
    """Return the last place of a group's opening, with `?:`, `?P<name>` and the like."""
    if raw[at + 1 : at + 2] != b"?":
        return at
    if raw[at + 2 : at + 3] in (b":", b"=", b"!"):
        return at + 2
    if raw[at + 2 : at + 4] in (b"<=", b"<!"):
        return at + 3
    return max(raw.find(b">", at), at)


def _of_code(place: str, statement: ast.stmt, data: bytes, span: Any) -> Iterator[Found]:
    """Yield the conditions of a function or class, and the parts of each."""
    for node in ast.walk(statement):
        tests: list[ast.expr] = []
        match node:
            case ast.If(test=test) | ast.IfExp(test=test):
                tests = [test]
            case ast.comprehension(ifs=ifs):
                tests = ifs
            case ast.BoolOp(op=op, values=values):
                neutral = b"True" if isinstance(op, ast.And) else b"False"
                for part in values:
                    yield place, part, f"part {_short(data, span(part))}", (*span(part), neutral)
            case _:
                pass
        for test in tests:
            for forced in (b"True", b"False"):
                what = f"{forced.decode().lower()} for {_short(data, span(test))}"
                yield place, test, what, (*span(test), b"(" + forced + b")")


def _with_comma(data: bytes, begin: int, end: int) -> tuple[int, int]:
    after = end
    while data[after : after + 1].isspace():
        after += 1
    return (begin, after + 1) if data[after : after + 1] == b"," else (begin, end)


def _short(data: bytes, where: tuple[int, int]) -> str:
    text = " ".join(data[where[0] : where[1]].decode(errors="replace").split())
    return text if len(text) <= 70 else f"{text[:60]}...{text[-7:]}"


class _Swapped(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives a mutant's source to whoever imports its module."""

    def __init__(self, mutant: Mutant, origin: str) -> None:
        self._mutant, self._origin = mutant, origin

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._mutant.module:
            return None
        spec = importlib.util.spec_from_loader(name, self, origin=self._origin)
        if spec is not None:
            spec.has_location = True
        return spec

    def get_source(self, _name: str) -> str:
        return self._mutant.source


def _try(mutant: Mutant, tests: list[str], origin: str) -> None:
    """Run the tests over a mutant, in a process of its own that ends here."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, _Swapped(mutant, origin))
    try:
        importlib.import_module(mutant.module)
    except Exception:  # noqa: BLE001 - whatever it is, it is no mutant to be tested
        os._exit(NOT_VIABLE)
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])))


def survivors(module: str, tests: list[str], workers: int, sample: int = 1) -> tuple[int, list[Mutant]]:
    """Try a module's mutants; return how many were viable, and those that no test noticed.

    Args:
        module: dotted name, not imported yet by this process.
        tests: files, from the repository's root.
        workers: processes at a time.
        sample: try every one of so many.
    """
    path = SOURCES / Path(*module.split(".")).with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    whole = Mutant(module=module, label="nothing", line=0, source=source)
    waiting = [whole, *list(mutants(module, source))[::sample]]
    start = multiprocessing.get_context("fork").Process
    running: list[tuple[BaseProcess, Mutant, float]] = []
    viable, lived = 0, list[Mutant]()
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop(0)
            process = start(target=_try, args=(mutant, tests, str(path)))
            process.start()
            running.append((process, mutant, time.monotonic()))
        running[0][0].join(0.02)
        for entry in list(running):
            process, mutant, since = entry
            if process.is_alive() and time.monotonic() - since > PATIENCE:
                process.kill()
                process.join()
            if not process.is_alive():
                running.remove(entry)
                viable += process.exitcode != NOT_VIABLE
                if process.exitcode == 0:
                    lived.append(mutant)
                elif mutant is whole:
                    waiting.clear()
    if whole not in lived:
        raise SystemExit(f"{module}: its tests fail although nothing was taken out")
    return viable - 1, [mutant for mutant in lived if mutant is not whole]


def main(chosen: list[str]) -> int:
    """Print the table and the survivors; 0 when each has its reason and each reason its survivor."""
    os.chdir(HERE.parent)
    wrong = 0
    for target in tomllib.loads(REASONS.read_text(encoding="utf-8"))["target"]:
        module, reasons = target["module"], {entry["mutant"]: entry["why"] for entry in target.get("survivor", [])}
        if chosen and not any(module.endswith(name) for name in chosen):
            continue
        viable, lived = survivors(module, target["tests"], workers=len(os.sched_getaffinity(0)))
        print(f"{module:45} {viable:5} mutants, {viable - len(lived):5} noticed, {len(lived):3} survive", flush=True)
        for mutant in lived:
            print(f"  line {mutant.line}: {mutant.label}\n    {reasons.get(mutant.label, '! no test notices')}")
        gone = sorted(reasons.keys() - {mutant.label for mutant in lived})
        print(*(f"  ! no longer survives: {label}" for label in gone), sep="\n", end="\n" if gone else "")
        wrong += len(gone) + sum(mutant.label not in reasons for mutant in lived)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
