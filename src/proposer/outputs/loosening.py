"""Whether a change lowers a threshold or switches off a check in the settings of test, lint and coverage tools."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from proposer.outputs.arguments import loosened_arguments, loosened_sessions, pytest_hooks
from proposer.outputs.ignores import IgnoreFile
from proposer.outputs.reasons import Reason
from proposer.outputs.toolsettings import Value, is_settings, read

__all__ = ["loosened"]

_TOOLS = re.compile(
    r"(coverage|ruff|mypy|pytest|pylint|flake8|bandit|importlinter|pyright|basedpyright|interrogate|vulture|pydocstyle"
    r"|pycodestyle|pyflakes|pylint|xenon|radon|mutmut|pyre|ty|pytype|deptry|semgrep|black|isort|tox)\."
)
_LOWER_IS_LOOSER = re.compile(r"(^|[._-])(fail[_-]under|min(imum)?([_-]\w+)?|confidence|timeout)$")
_HIGHER_IS_LOOSER = re.compile(r"(^|[._-])max[_-](?!line|doc|examples)[\w-]+$")
_MORE_IS_LOOSER = re.compile(
    r"(^|\.)((extend[_-])?(per[_-]file[_-])?ignores?|(extend[_-])?(per[_-]file[_-]ignores)(\..+)?|(extend[_-]|force[_-])?exclude"
    r"|omit|exclude_lines|exclude_also|exclude[_-]dirs|partial_branches|partial_also|disable|disable_error_code|skips?|norecursedirs"
    r"|ignore_imports|ignore[-_](paths|patterns|modules)|collect_ignore\w*|unselect|warn_unused_ignores_off)$"
)
_FEWER_IS_LOOSER = re.compile(
    r"(^|\.)((extend[_-])?select|enable|enable_error_code|testpaths|source(_pkgs|_dirs)?|files|packages|modules|include|strict"
    r"|python_(files|classes|functions)|plugins|required_plugins|tests|envlist|contracts(\..+)?|layers|forbidden_modules|source_modules)$"
)
_TRUE_IS_STRICTER = re.compile(
    r"(^|[._])(strict\w*|branch|xfail_strict|warn_\w+|disallow_\w+|no_implicit_\w+|check_untyped_defs|extra_checks|report[A-Z]\w+"
    r"|strict[A-Z]\w+|local_partial_types|show_error_codes|empty_parameter_set_mark|fail_on_\w+)$"
)
_TRUE_IS_LOOSER = re.compile(
    r"(^|[._-])(ignore[_-]errors|ignore_missing_imports|allow_\w+|implicit_\w+|exit[-_]zero|skip_\w+|no_\w+_check|quiet"
    r"|follow_imports|suppress\w*|unsafe[-_]fixes)$"
)
_LOUD = frozenset({"normal", "error", "true", "standard", "strict", "all"})
_DEFAULT_SELECT = ("e", "f")


def loosened(before: Mapping[str, str], after: Mapping[str, str], tracked: Collection[str] = ()) -> Iterator[Reason]:
    """Yield a reason for each setting that asks for less than before.

    Args:
        before: old texts of the changed files by path.
        after: new texts.
        tracked: all paths of the new tree.
    """
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        name = PurePosixPath(path).name
        if name == ".gitignore" and new is not None:
            yield from _hidden(path, old or "", new, tracked)
        elif old is None or ("{{" in path and not _readable(path, old)):
            continue  # what is new takes nothing away; the source of a template has no form yet
        elif name in ("noxfile.py", "tasks.py", "conftest.py"):
            yield from (
                loosened_sessions(path, old or "", new or "")
                if name != "conftest.py"
                else pytest_hooks(path, old or "", new or "")
            )
        elif is_settings(path):
            yield from (Reason("settings-loosened", path, message) for message in _settings(path, old, new))


def _settings(path: str, old: str | None, new: str | None) -> Iterator[str]:
    try:
        first = read(path, old) if old is not None else {}
    except ValueError:
        first = {}
    try:
        second = read(path, new) if new is not None else {}
    except ValueError as error:
        yield f"cannot be read: {str(error)[:120]}"
        return
    relevant = [key for key in sorted(first.keys() | second.keys()) if _TOOLS.match(key)]
    if new is None and relevant:
        yield "settings of checks are gone"
        return
    for key in relevant:
        yield from _setting(key, first.get(key), second.get(key))


def _setting(key: str, old: Value | None, new: Value | None) -> Iterator[str]:
    """Yield what is looser about one setting; None where it is not set."""
    if old == new:
        return
    if key.endswith(("addopts", "commands")):
        yield from (f"{key}: {message}" for message in loosened_arguments(_words(old), _words(new)))
    elif key.endswith("filterwarnings"):
        yield from _warnings(key, _list(old), _list(new))
    elif _LOWER_IS_LOOSER.search(key) or _HIGHER_IS_LOOSER.search(key):
        yield from _number(key, old, new, lower=bool(_LOWER_IS_LOOSER.search(key)))
    elif _TRUE_IS_LOOSER.search(key) or (_TRUE_IS_STRICTER.search(key) and not isinstance(old, list)):
        yield from _switch(key, old, new, looser=bool(_TRUE_IS_LOOSER.search(key)))
    else:
        yield from _names(key, old, new)


def _switch(key: str, old: Value | None, new: Value | None, *, looser: bool) -> Iterator[str]:
    worse = not _off(new) if looser else _off(new) and not _off(old)
    if worse:
        yield f"{key} was {'not set' if old is None else repr(old)} and is {'gone' if new is None else repr(new)} now"


def _names(key: str, old: Value | None, new: Value | None) -> Iterator[str]:
    if _MORE_IS_LOOSER.search(key):
        added = [one for one in _list(new) if one not in _list(old)]
        if added:
            yield f"{key} names more: {', '.join(added)[:120]}"
    elif _FEWER_IS_LOOSER.search(key):
        yield from _fewer(key, _list(old), _list(new))


def _number(key: str, old: Value | None, new: Value | None, *, lower: bool) -> Iterator[str]:
    if not isinstance(old, int | float) or isinstance(old, bool):
        return
    if not isinstance(new, int | float) or isinstance(new, bool):
        yield f"{key} was {old} and is {'gone' if new is None else repr(new)} now"
    elif (new < old) if lower else (new > old):
        yield f"{key} was {old} and is {new} now"


def _fewer(key: str, old: list[str], new: list[str]) -> Iterator[str]:
    folded = [one.casefold() for one in new]
    if "all" in folded or not (old or new):
        return
    if not old and key.endswith(".select") and "extend" not in key:
        old = [code for code in _DEFAULT_SELECT if new]
    gone = [one for one in old if not any(one.casefold().startswith(kept) for kept in folded)]
    if gone and (new or not key.endswith("testpaths")):
        yield f"{key} no longer names: {', '.join(gone)[:120]}"


def _warnings(key: str, old: list[str], new: list[str]) -> Iterator[str]:
    for one in new:
        if one not in old and not one.strip().startswith("error"):
            yield f"{key} lets pass: {one[:120]}"
    for one in old:
        if one not in new and one.strip().startswith("error"):
            yield f"{key} no longer has: {one[:120]}"


def _list(value: Value | None) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, str):
        return [one.strip() for one in re.split(r"[\n,]", value) if one.strip()]
    return []


def _words(value: Value | None) -> list[str]:
    return " ".join(_list(value) if isinstance(value, list) else [str(value or "")]).split()


def _off(value: Value | None) -> bool:
    text = str(value).casefold()
    return (
        value is None
        or text in ("false", "0", "off", "no", "none", "", "basic")
        or text in _LOUD - {"true", "strict", "all"}
    )


def _readable(path: str, text: str) -> bool:
    try:
        return bool(read(path, text)) if is_settings(path) else bool(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _hidden(path: str, old: str, new: str, tracked: Collection[str]) -> Iterator[Reason]:
    """Yield tracked files that an ignore file hides now: linters and builds leave out what it names."""
    folder = path.rpartition("/")[0]
    inside = [one.removeprefix(f"{folder}/") for one in tracked if not folder or one.startswith(f"{folder}/")]
    before, after = IgnoreFile(old), IgnoreFile(new)
    hit = next((one for one in inside if after.hides(one) and not before.hides(one)), None)
    if hit is not None:
        yield Reason("settings-loosened", path, f"hides {hit}, which is tracked, from linters and builds")
