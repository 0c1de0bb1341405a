"""The functions of a test file, and whether pytest or unittest would collect them."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from proposer.outputs.suite.declarations import aliases, constants, is_off, is_test_class, planted, pytestmarks
from proposer.outputs.suite.expressions import Function, Scope, last
from proposer.outputs.suite.locations import is_collected
from proposer.outputs.suite.marks import mocked, run_endings, skip_calls
from proposer.outputs.suite.truth import constant

__all__ = ["Found", "Module"]

_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "create_autospec", "SimpleNamespace"})
_HOOKS = frozenset({"load_tests", "pytest_generate_tests", "pytest_collection_modifyitems", "__getattr__"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SETUPS = frozenset({"setUp", "setUpClass", "asyncSetUp", "setUpModule", "setup_method", "setup_class", "setup_module",
                     "setup_function", "setup"})  # fmt: skip


@dataclass(kw_only=True)
class Found:
    """A function and what its surroundings say about it."""

    node: Function
    name: str
    collected: bool
    decorators: list[ast.expr]
    guards: list[str]
    owner: str
    text: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """All that distinguishes it from another function of an equal module."""
        outer = [ast.dump(mark) for mark in self.decorators[: len(self.decorators) - len(self.node.decorator_list)]]
        return self.text, self.guards, self.owner, self.collected, outer


class Module:
    """One test file."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self._lines = text.split("\n")
        self.aliases = dict(aliases(tree.body))
        self.imports = {
            one.asname or one.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for one in node.names
        }
        self.constants = dict(constants(tree.body))
        self.lenient = frozenset(
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and any(getattr(one, "name", "") == "__eq__" for one in node.body)
        )
        self.planted = frozenset(planted(tree))
        self._top = [node for node in tree.body if not isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
        self.hooks = frozenset(getattr(node, "name", "") for node in tree.body) & _HOOKS
        self.marks = pytestmarks(tree.body)
        self.found: dict[str, Found] = {}
        self.skips: dict[str, list[str]] = {"": list(self._skips_at(tree.body))}
        self.endings = frozenset(run_endings(tree.body, self.aliases))
        self._parents: dict[str, list[str]] = {}
        runs = is_collected(path) and not is_off(tree.body)
        self._collect(tree.body, "", collected=runs, decorators=self.marks, guards=[])
        self._inherit()
        plain = [one for one in self.found.values() if not one.collected]
        self.helpers = {one.node.name: one.node for one in plain if not one.node.name.startswith("test")}
        self.fixtures = {one.node.name: params for one in plain if (params := self._params(one.node)) is not None}
        for one in plain:
            self._setup(one)
        for one in self.found.values():
            first = min([one.node.lineno, *(mark.lineno for mark in one.node.decorator_list)])
            one.text = "\n".join(self._lines[first - 1 : one.node.end_lineno])

    @property
    def helping(self) -> str:
        """The text of all functions that are no tests."""
        return "\n".join(one.text for one in self.found.values() if not one.collected)

    @property
    def context(self) -> object:
        """All that the functions of the module share, in a form that can be compared."""
        values = {name: ast.dump(value) for name, value in self.constants.items()}
        return (
            self.path,
            self.aliases,
            self.imports,
            values,
            self.skips,
            self.lenient,
            self.planted,
            self.hooks,
            self.mocks(),
        )

    def _collect(
        self, body: list[ast.stmt], owner: str, *, collected: bool, decorators: list[ast.expr], guards: list[str]
    ) -> None:
        scope = Scope(given=self.constants)
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    name = f"{owner}.{node.name}" if owner else node.name
                    plain = any(last(one) == "fixture" for one in node.decorator_list)
                    runs = collected and node.name.startswith("test") and not plain
                    self.found[name] = Found(
                        node=node, name=name, collected=runs, decorators=[*decorators, *node.decorator_list],
                        guards=guards, owner=owner,
                    )  # fmt: skip
                case ast.ClassDef():
                    self._class(node, owner, collected=collected, decorators=decorators, guards=guards)
                case ast.If():
                    known = constant(node.test, scope)
                    more = [*guards, f"if {ast.unparse(node.test)[:80]}"] if known is None else guards
                    self._collect(node.body, owner, collected=collected and known is not False, decorators=decorators,
                                  guards=more)  # fmt: skip
                    self._collect(node.orelse, owner, collected=collected and known is not True, decorators=decorators,
                                  guards=more)  # fmt: skip
                case ast.Try() | ast.With() | ast.For() | ast.While():
                    inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
                    self._collect(inner, owner, collected=collected, decorators=decorators, guards=guards)
                case ast.Assign() | ast.Delete() | ast.AnnAssign():
                    self._hide(node, owner)
                case _:
                    pass

    def _class(
        self, node: ast.ClassDef, owner: str, *, collected: bool, decorators: list[ast.expr], guards: list[str]
    ) -> None:
        name = f"{owner}.{node.name}" if owner else node.name
        bases = [last(base) for base in node.bases]
        # `class T(other.T)`: the name of the base is that of the class, and another class all the same.
        self._parents[node.name] = [f"{base} of {node.name}" if base == node.name else base for base in bases]
        runs = collected and (self._is_testcase(node.name, set()) or is_test_class(node))
        off = is_off(node.body)
        self.skips[name] = list(self._skips_at(node.body))
        marks = [*decorators, *node.decorator_list, *pytestmarks(node.body)]
        if any(base in ("IsolatedAsyncioTestCase", "AsyncTestCase") for base in bases):
            marks.append(ast.Name("asyncio"))
        self._collect(node.body, name, collected=runs and not off, decorators=marks, guards=guards)

    def _is_testcase(self, name: str, seen: set[str]) -> bool:
        if name in seen:
            return False
        bases = self._parents.get(name, [])
        foreign = [base for base in bases if "Test" in base and base not in self._parents]
        return bool(foreign) or any(self._is_testcase(base, seen | {name}) for base in bases)

    def _inherit(self) -> None:
        """Take the tests of a class that collected classes of the module inherit from as collected."""
        running = {one.owner.split(".")[-1] for one in self.found.values() if one.collected and one.owner}
        running |= {name for name in self._parents if name.startswith("Test")}
        inherited = {base for name in running for base in self._parents.get(name, [])}
        for one in self.found.values():
            if one.owner and one.owner.split(".")[-1] in inherited and one.node.name.startswith("test"):
                one.collected = is_collected(self.path)

    def _hide(self, node: ast.Assign | ast.Delete | ast.AnnAssign, owner: str) -> None:
        """Note that a name which was a test is something else afterwards."""
        targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        for target in targets:
            off = isinstance(target, ast.Attribute) and target.attr == "__test__"
            name = last(target.value) if off and isinstance(target, ast.Attribute) else last(target)
            found = self.found.get(f"{owner}.{name}" if owner else name)
            if found is not None and (off or isinstance(target, ast.Name)):
                found.collected = False

    def _skips_at(self, body: list[ast.stmt]) -> Iterator[str]:
        """Yield what skips a whole module or class."""
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            yield from (f"around it, {one}" for one in skip_calls(node, self.aliases))

    def _setup(self, one: Found) -> None:
        """Let a set-up that skips skip whatever it sets up."""
        found = [f"in {one.node.name}, {how}" for how in skip_calls(one.node, self.aliases)]
        if not found:
            return
        everywhere = any(
            last(decorator) == "fixture" and "autouse=True" in ast.unparse(decorator)
            for decorator in one.node.decorator_list
        )
        if one.node.name in _SETUPS or everywhere:
            self.skips.setdefault(one.owner, []).extend(found)
        elif any(last(decorator) == "fixture" for decorator in one.node.decorator_list):
            self.skips[f"fixture {one.node.name}"] = found

    def _params(self, node: Function) -> ast.expr | None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and last(decorator) == "fixture":
                return next((one.value for one in decorator.keywords if one.arg == "params"), None)
        return None

    def finder(self, helpers: Mapping[str, Function]) -> Callable[[ast.expr], Function | None]:
        """Return a look-up of the function that a call names; `helpers` are those of all test files."""
        known = {**helpers, **self.helpers}
        owners = ("self", "cls", *self._parents)

        def find(node: ast.expr) -> Function | None:
            if isinstance(node, ast.Name):
                return known.get(node.id)
            own = isinstance(node, ast.Attribute) and last(node.value) in owners
            return known.get(last(node)) if own else None

        return find

    def called(self) -> set[str]:
        """Return the names of all functions that are called."""
        nodes = (part for one in self.found.values() for part in ast.walk(one.node))
        return {last(part.func) for part in nodes if isinstance(part, ast.Call)}

    def assigned(self) -> set[str]:
        """Return the names that the module itself gives a value."""
        return {*self.constants, *(one.name for one in self.found.values() if not one.owner)}

    def mocks(self) -> set[str]:
        """Return what functions that are no tests put a stand-in in the place of: fixtures, set-ups."""
        plain = [one for one in self.found.values() if not one.collected]
        found = {name for one in plain for name in mocked(one.decorators, list(ast.walk(one.node)))}
        return found | set(mocked([], [part for node in self._top for part in ast.walk(node)]))

    def stand_ins(self) -> set[str]:
        """Return the fixtures of the module that give a mock."""
        return {
            one.node.name
            for one in self.found.values()
            if any(last(mark) == "fixture" for mark in one.node.decorator_list)
            and _MOCKS & {last(part) for part in ast.walk(one.node)}
        }

    def skips_of(self, one: Found, wanted: set[str]) -> Iterator[str]:
        """Yield what the surroundings of a function skip; `wanted` are the fixtures that it asks for."""
        yield from one.guards
        yield from self.skips[""]
        parts = one.owner.split(".") if one.owner else []
        for at in range(len(parts)):
            yield from self.skips.get(".".join(parts[: at + 1]), [])
        for name in wanted:
            yield from self.skips.get(f"fixture {name}", [])
