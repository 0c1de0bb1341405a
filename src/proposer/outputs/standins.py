"""Whether what a test is about was put aside: by a mock, a fixture, a fake module, or a file in its way."""

import re
from collections.abc import Collection, Iterator, Mapping

from proposer.outputs.reasons import Reason
from proposer.outputs.suite.locations import is_collected, is_test_file
from proposer.outputs.suite.testcases import Case

__all__ = ["shadowing", "stand_ins"]

_QUOTED = re.compile(r"['\"]([\w.]+)['\"]")
_FAKE = re.compile(r"(?i)fake|mock|stub|dummy|conftest|double")


def stand_ins(old: Case, new: Case) -> Iterator[str]:
    """Yield how the function that is tested was put aside."""
    for name in sorted((new.mocks - old.mocks) & old.subjects):
        yield f"puts a stand-in in the place of {name}, which it tests"
    for name in sorted(new.subjects & old.subjects):
        if _is_fake(new.sources.get(name, "")) and not _is_fake(old.sources.get(name, "")):
            yield f"takes {name} from {new.sources[name]} now"
    for name in sorted((new.stand_ins - old.stand_ins) & old.requested):
        yield f"gets a mock from a new fixture {name}"
    sources = {old.sources.get(name, name) for name in old.subjects}
    for name in sorted(new.planted - old.planted):
        named = _QUOTED.findall(name)
        if not named or any(f"{source}.".startswith(f"{one}.") for source in sources for one in named):
            yield f"runs after the module {name} was replaced"
    for name in sorted((new.shadows - old.shadows) & old.subjects):
        yield f"calls a {name} of its own instead of the imported one"


def shadowing(before: Mapping[str, str], after: Mapping[str, str], tracked: Collection[str]) -> Iterator[Reason]:
    """Yield new files among the tests that an import would find in the place of a module of the project.

    Args:
        before: old texts of the changed files by path.
        after: new texts.
        tracked: all paths of the new tree.
    """
    modules = {_module(path): path for path in tracked if path.endswith(".py") and not is_test_file(path)}
    for path in sorted(after.keys() - before.keys()):
        if not is_test_file(path) or is_collected(path) or path.endswith(("/__init__.py", "/conftest.py")):
            continue
        parts = path.split("/")
        names = ("/".join(parts[at:]) for at in range(1, len(parts)))
        hit = next((modules[name] for name in names if name in modules), None)
        if hit is not None:
            yield Reason("subject-mocked", path, f"stands where the tests may import {hit}")


def _module(path: str) -> str:
    """Return the path of a module from where imports start; a package at the top stands for its `__init__.py`."""
    name = path.removeprefix("src/")
    folder, _, last = name.rpartition("/")
    return f"{folder}.py" if last == "__init__.py" and folder and "/" not in folder else name


def _is_fake(source: str) -> bool:
    """Tell whether a module is one of the tests, or is called after what it stands in for."""
    parts = source.split(".")[:-1]
    return source.startswith(".") or parts[:1] in (["tests"], ["test"]) or any(map(_FAKE.search, parts))
