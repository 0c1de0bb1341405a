"""Compares what watches changes beside CI: code owners, drills, evals, hooks, attributes, level of automation."""

import ast
import contextlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from proposer.config.answers import TEMPLATE_FILE
from proposer.config.settings import SETTINGS_NAME
from proposer.outputs import toolsettings
from proposer.outputs.loosening import loosened
from proposer.upkeep import yamltree
from proposer.upkeep.weakening import Weakening

__all__ = ["HOOKS", "OWNERS", "UPDATES", "compare", "is_watched"]

OWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
HOOKS = ".pre-commit-config.yaml"
UPDATES = ".github/dependabot.yml"
LEVELS = ("analyse", "comment", "propose", "branch")
"""Levels of automation, the most careful first."""
_TOOLS = (
    "pyproject.toml", "noxfile.py", "tasks.py", "setup.cfg", "tox.ini", "pytest.ini", "ruff.toml", ".ruff.toml",
    "mypy.ini", ".mypy.ini", ".coveragerc", ".importlinter", ".flake8", "pyrightconfig.json",
)  # fmt: skip
_HIDES = ("linguist-generated", "linguist-vendored", "binary", "-diff")
"""Attributes for which a review leaves a file out."""


def is_watched(path: str) -> bool:
    """Tell whether `compare` looks at a file."""
    kinds = (*OWNERS, HOOKS, UPDATES, TEMPLATE_FILE, *_TOOLS)
    return path in kinds or path.rpartition("/")[2] == ".gitattributes" or _drill(path) or _eval(path)


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    """Yield where less is watched; both map paths for which `is_watched` holds to their bytes."""
    yield from _owners(old, new)
    for path in sorted(old.keys() - new.keys()):
        if _drill(path):
            yield _found("drill", path, "the drill", "there", "", "whether the attack is contained is no longer tried")
        elif _eval(path):
            yield _found("eval", path, "the case", "there", "", "reviews that miss this defect pass")
    for path in sorted(path for path in old.keys() & new.keys() if _drill(path) or _eval(path)):
        for what in _entries(old[path]) - _entries(new[path]):
            yield _found("drill" if _drill(path) else "eval", path, what[:200], "there", "", "less of it is looked for")
    yield from _updates(old.get(UPDATES), new.get(UPDATES))
    yield from _hooks(old.get(HOOKS), new.get(HOOKS))
    yield from _attributes(old, new)
    yield from _automation(old, new)
    changed = [path for path in _TOOLS if old.get(path) != new.get(path)]
    before, after = ({one: side[one].decode(errors="replace") for one in changed if one in side} for side in (old, new))
    for reason in loosened(before, after):
        if not _regrouped(reason.path, reason.message, after.get(reason.path, "")):
            yield _found("tool", reason.path, reason.message, "stricter", "looser", "less is found")
    for path in (one for one in before if one in after and one.endswith(".py")):
        yield from _listed(path, before[path], after[path])


def _regrouped(path: str, message: str, text: str) -> bool:
    """Tell whether layers only stand together with others now: each module of a group that is gone is still in one."""
    told = re.search(r"^(\S+\.layers) no longer names: (.*)", message)
    if told is None:
        return False
    with contextlib.suppress(ValueError):
        left = re.findall(r"[\w.]+", str(toolsettings.read(path, text).get(told[1], "")))
        return set(re.findall(r"[\w.]+", told[2])) <= set(left)
    return False


_SESSIONS = "nox.options.sessions"


def _listed(path: str, old: str, new: str) -> Iterator[Weakening]:
    """Yield what lists of a noxfile no longer name: sessions that run by themselves, tasks that must pass."""
    before, after = _lists(old), _lists(new)
    if _SESSIONS in after:
        before.setdefault(_SESSIONS, _lists(old, every=True)["def"])
    for name, values in before.items():
        kept = after.get(name, values if name == _SESSIONS else [])  # without the list all sessions run
        for gone in (one for one in values if one not in kept):
            yield _found("check-removed", path, name, gone, "", "it is no longer run")


def _lists(text: str, *, every: bool = False) -> dict[str, list[str]]:
    """Return the items of each list at the top of a module; with `every`, the names of its decorated functions."""
    found: dict[str, list[str]] = {"def": []} if every else {}
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple) and len(node.targets) == 1:
                found[ast.unparse(node.targets[0])] = [ast.unparse(one) for one in node.value.elts]
            elif every and isinstance(node, ast.FunctionDef) and node.decorator_list:
                found["def"].append(repr(node.name))
    return found


def _found(code: str, path: str, what: str, was: str, now: str, why: str) -> Weakening:
    return Weakening(code=code, path=path, what=what, was=was, now=now, why=why)


def _drill(path: str) -> bool:
    return path.startswith("drills/") and path.endswith(".toml")


def _eval(path: str) -> bool:
    return path.startswith("evals/") and path.endswith("/case.toml")


def _entries(data: bytes) -> set[str]:
    """Return what a drill tries and looks for, or what an eval expects: each entry of its lists, with its name."""
    try:
        lists = {key: value for key, value in tomllib.loads(data.decode("utf-8")).items() if isinstance(value, list)}
    except (ValueError, RecursionError):
        return set()
    return {f"{key}: {json.dumps(one, sort_keys=True, default=str)}" for key, value in lists.items() for one in value}


def _updates(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    """Yield dependencies that are watched no more, or whose new releases are taken sooner."""
    before, after = _watched(old), _watched(new)
    for what, days in before.items():
        if what not in after:
            yield _found("updates", UPDATES, what, "watched", "", "nobody is told of fixes")
        elif after[what] < days:
            yield _found("updates", UPDATES, f"cooldown of {what}", f"{days:g} days", f"{after[what]:g} days",
                         "a malicious release is taken before it is found")  # fmt: skip


def _watched(data: bytes | None) -> dict[str, float]:
    """Return the days that each ecosystem waits before a new release is proposed."""
    found = {}
    with contextlib.suppress(ValueError):
        for one in yamltree.items(yamltree.load(data or b"{}").get("updates")):
            told = yamltree.table(one)
            where = told.get("directory") or told.get("directories") or ""
            days = str(yamltree.table(told.get("cooldown")).get("default-days", "0"))
            found[f"{told.get('package-ecosystem', '')} in {where}"] = float(days) if days.isdigit() else 0.0
    return found


def _owners(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    before, after = _owned(old), _owned(new)
    for pattern, (path, owners) in before.items():
        if owners and not after.get(pattern, ("", ()))[1]:
            yield _found("owner", path, pattern, " ".join(owners), "", "nobody is asked about changes of these files")
    for pattern, (path, owners) in after.items():
        if pattern not in before and not owners:
            yield _found("owner", path, pattern, "", "no owner", "nobody is asked about changes of these files")


def _owned(files: Mapping[str, bytes]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the owners of each pattern, and the file that says so; of several files the first counts."""
    path = next((one for one in OWNERS if one in files), None)
    found = {}
    for line in files[path].decode(errors="replace").splitlines() if path else ():
        words = line.partition("#")[0].split()
        if words and path:
            found[words[0]] = (path, tuple(words[1:]))
    return found


def _hooks(old: bytes | None, new: bytes | None) -> Iterator[Weakening]:
    before, after = _hooked(old), _hooked(new)
    if after is None:
        if before is not None:
            yield _found("unreadable", HOOKS, "the file", "readable", "not readable", "no hook would run")
        return
    for name, (entry, stages) in (before or {}).items():
        now = after.get(name)
        if now is None or not set(stages) - {"manual"} <= set(now[1]):
            yield _found("check-removed", HOOKS, f"hook {name}", f"{entry} ({', '.join(stages)})".strip(),
                         ", ".join(now[1]) if now else "", "commits are no longer held to it")  # fmt: skip


def _hooked(data: bytes | None) -> dict[str, tuple[str, tuple[str, ...]]] | None:
    """Return the entry and the stages of each hook."""
    try:
        document = yaml.load((data or b"{}").decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text, lists, tables
        usual = document.get("default_stages", ["pre-commit"])
        hooks = [hook for repo in document.get("repos", []) for hook in repo.get("hooks", [])]
        return {str(hook["id"]): (str(hook.get("entry", "")), _words(hook.get("stages", usual))) for hook in hooks}
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, AttributeError, TypeError, KeyError):
        return None


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _attributes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    for path in sorted(new):
        if path.rpartition("/")[2] == ".gitattributes":
            before = _hidden(old.get(path, b""))
            for row in sorted(_hidden(new[path]) - before):
                yield _found("unreviewed", path, row.split()[0], "", row, "reviews leave such files out")


def _hidden(data: bytes) -> set[str]:
    rows = (" ".join(line.split()) for line in data.decode(errors="replace").splitlines())
    return {row for row in rows if not row.startswith("#") and any(f" {one}" in row for one in _HIDES)}


def _automation(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Weakening]:
    (was, _), (now, path) = _level(old), _level(new)
    if was in LEVELS and now in LEVELS and LEVELS.index(now) > LEVELS.index(was):
        yield _found("automation", path, "automation", was, now, "Codex may do more without being asked")


def _level(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the level that holds, and the file that says so: the settings, or the answer to the template."""
    with contextlib.suppress(ValueError, LookupError, TypeError):
        told = str(tomllib.loads(files[SETTINGS_NAME].decode("utf-8"))["publish"]["automation"])
        if told:
            return told, SETTINGS_NAME
    with contextlib.suppress(ValueError, LookupError, TypeError):
        return str(json.loads(files[TEMPLATE_FILE])["answers"]["automation"]), TEMPLATE_FILE
    return "comment", TEMPLATE_FILE
