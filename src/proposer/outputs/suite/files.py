"""All test files on one side of a change, and the functions in them."""

import ast
from collections.abc import Mapping
from functools import cached_property

from proposer.outputs.suite.collection import Module
from proposer.outputs.suite.expressions import Budget, Function
from proposer.outputs.suite.testcases import Case, Surroundings

__all__ = ["Suite"]

_NODES = 200_000
"""Parts of expressions that are read at most on one side."""
_LOOKED_AT = 200


class Suite:
    """The functions of test files by path and name; `unreadable` says why a file is no Python."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.unreadable: dict[str, str] = {}
        self.cases: dict[tuple[str, str], Case] = {}
        modules: dict[str, Module] = {}
        for path, text in sorted(texts.items()):
            try:
                modules[path] = Module(path, text, ast.parse(text))
            except (SyntaxError, ValueError) as error:
                self.unreadable[path] = f"{type(error).__name__}: {error.args[0] if error.args else ''}"[:120]
            except (RecursionError, MemoryError):
                self.unreadable[path] = "it is nested too deeply"
        self.endings = {path: module.endings for path, module in modules.items() if module.endings}
        helpers: dict[str, Function] = {}
        fixtures: dict[str, ast.expr] = {}
        for module in modules.values():
            helpers |= module.helpers
            fixtures |= module.fixtures
        budget = Budget(_NODES)
        shared = sorted(module.helping for module in modules.values())
        for module in modules.values():
            around = Surroundings(
                module=module,
                find=module.finder(helpers),
                fixtures=fixtures,
                budget=budget,
                context=(module.context, shared),
            )
            for found in module.found.values():
                case = Case(around, found)
                self.cases[case.where] = case

    @cached_property
    def copies(self) -> dict[tuple[str, str, str], list[Case]]:
        """The collected tests by path, class and body."""
        found: dict[tuple[str, str, str], list[Case]] = {}
        for case in self.cases.values():
            if case.collected:
                found.setdefault((case.path, case.name.rpartition(".")[0], case.body), []).append(case)
        return found

    @cached_property
    def uncollected(self) -> list[Case]:
        """Some of the functions that are not collected: one of them may have been a test."""
        return [case for case in self.cases.values() if not case.collected][:_LOOKED_AT]
