"""Adds a stub of DTOs, service and route to a module, with a test. Standard library only."""
# ruff: noqa: INP001

import argparse
import ast
import json
import keyword
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ANSWERS = ".proposer-template.json"
NAME = re.compile(r"[a-z]+(_[a-z]+)*")
LONGEST = 28
WIDTH = 120
ROUTES: dict[str, dict[str, list[str]]] = {"fastapi": {}, "django": {"django.http": ["HttpRequest"]}}
"""What a route of each stack needs besides."""


class RefusedError(Exception):
    """Nothing was written; the message says why and what to do."""


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 0 written, 2 refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="the module, such as billing")
    parser.add_argument("name", help="what it does, such as preview_booking")
    parser.add_argument("--root", type=Path, default=Path(), help="top of the repository")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    given = parser.parse_args(argv)
    try:
        files = plan(given.root, given.module, given.name)
    except RefusedError as error:
        sys.stderr.write(f"refused: {error}\n")
        return 2
    for path, text in files.items():
        sys.stdout.write(f"{'change' if (given.root / path).exists() else 'new   '} {path}\n")
        if not given.dry_run:
            (given.root / path).write_text(text, encoding="utf-8", newline="\n")
    return 0


def plan(root: Path, module: str, name: str) -> dict[str, str]:
    """Return the text of every file to write, by path.

    Raises:
        RefusedError: a name cannot be used, or the module is not as expected.
    """
    try:
        answers = json.loads((root / ANSWERS).read_text(encoding="utf-8"))["answers"]
    except (OSError, ValueError, KeyError) as error:
        raise RefusedError(f"{root} has no {ANSWERS}; start at the top of a generated repository") from error
    package, home = answers["package_name"], f"src/{answers['package_name']}/{module}"
    if not NAME.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(name):
        raise RefusedError(f"{name!r} cannot be used; wanted: lower-case words, at most {LONGEST} characters")
    camel = "".join(word.capitalize() for word in name.split("_"))
    values = {"module": module, "name": name, "Name": camel, "path": name.replace("_", "-")}
    texts = {}
    for file in ("dto.py", "services.py", "routes.py"):
        try:
            texts[file] = (root / home / file).read_text(encoding="utf-8")
        except OSError as error:
            raise RefusedError(f"{home}/{file} cannot be read; is {module} a module with routes?") from error
        if re.search(rf"\b(?:class {camel}(?:Request|DTO)|def {name})\b", texts[file]):
            raise RefusedError(f"{home}/{file} has a {name} already")
    test = f"tests/test_{module}_{name}_http.py"
    if (root / test).exists():
        raise RefusedError(f"{test} exists already")
    made, dto = [f"{camel}Request", f"{camel}DTO"], f"{package}.{module}.dto"
    stack = ASSETS / answers["stack"]
    changed = {
        "dto.py": importing(texts["dto.py"], "pydantic", ["BaseModel", "ConfigDict", "Field"]),
        "services.py": importing(texts["services.py"], dto, made),
        "routes.py": importing(texts["routes.py"], dto, made),
    }
    routed = {f"{package}.{module}": ["services"], f"{package}.core.api": ["answers"], **ROUTES[answers["stack"]]}
    for source, names in routed.items():
        changed["routes.py"] = importing(changed["routes.py"], source, names)
    changed["dto.py"] = exporting(changed["dto.py"], made)
    changed["services.py"] = exporting(changed["services.py"], [name])
    files = {}
    for file, text in changed.items():
        template = stack / f"{file}.tmpl"
        source = template if template.exists() else ASSETS / "shared" / f"{file}.tmpl"
        files[f"{home}/{file}"] = f"{text.rstrip()}\n\n\n{fill(source, values)}"
    return files | {test: fill(ASSETS / "shared" / "tests" / "test_http.py.tmpl", values)}


def fill(template: Path, values: Mapping[str, str]) -> str:
    """Return a template with its placeholders filled in; a decorator's `@` is none."""
    text = template.read_text(encoding="utf-8")
    return re.sub(r"@([a-zA-Z-]+)@", lambda found: values.get(found[1], found[0]), text)


def importing(text: str, module: str, names: Iterable[str]) -> str:
    """Return source that imports names from a module, in the order of its other imports."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and not node.level]
    same = next((node for node in nodes if node.module == module), None)
    if same is not None:
        known = [alias.name for alias in same.names]
        wanted = in_order({*known, *names})
        if set(wanted) == set(known):
            return text
        return _swapped(text, same, _import(module, wanted, wide=same.lineno != same.end_lineno))
    family = module.partition(".")[0]
    behind = [node for node in nodes if str(node.module).partition(".")[0] == family]
    if not behind:
        raise RefusedError(f"nothing is imported from {family} yet; add `from {module} import ...` by hand")
    after = next((node for node in behind if str(node.module) > module), None)
    line = after.lineno - 1 if after else behind[-1].end_lineno or 0
    rows = text.splitlines(keepends=True)
    return "".join([*rows[:line], _import(module, in_order(names), wide=False) + "\n", *rows[line:]])


def _import(module: str, names: list[str], *, wide: bool) -> str:
    flat = f"from {module} import {', '.join(names)}"
    if not wide and len(flat) <= WIDTH:
        return flat
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def exporting(text: str, names: Iterable[str]) -> str:
    """Return source whose `__all__` has the names too."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            wanted = in_order({*ast.literal_eval(node.value), *names})
            flat = f"__all__ = [{', '.join(map(_quoted, wanted))}]"
            if node.lineno != node.end_lineno or len(flat) > WIDTH:
                flat = "__all__ = [\n" + "".join(f"    {_quoted(name)},\n" for name in wanted) + "]"
            return _swapped(text, node, flat)
    return text


def in_order(names: Iterable[str]) -> list[str]:
    """Sort as linters do: constants, classes, then the rest."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[:1].isupper() else 2, name))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _swapped(text: str, node: ast.stmt, new: str) -> str:
    rows = text.splitlines(keepends=True)
    return "".join([*rows[: node.lineno - 1], new + "\n", *rows[node.end_lineno :]])


if __name__ == "__main__":
    sys.exit(main())
