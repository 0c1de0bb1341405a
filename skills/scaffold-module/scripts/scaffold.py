"""Renders a module from the templates beside this script, and wires it in. Standard library only."""
# ruff: noqa: INP001

import argparse
import json
import keyword
import re
import sys
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ANSWERS = ".proposer-template.json"
WORDS = re.compile(r"[a-z]+(_[a-z]+)*")
LONGEST = 24


class RefusedError(Exception):
    """Nothing was written; the message says why and what to do."""


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 0 written, 2 refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the module, such as billing")
    parser.add_argument("--entity", help="one of what it keeps, such as booking")
    parser.add_argument("--plural", help="many of them; default: the entity and an s")
    parser.add_argument("--root", type=Path, default=Path(), help="top of the repository")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    given = parser.parse_args(argv)
    entity = given.entity or given.name.removesuffix("s")
    try:
        files = plan(given.root, given.name, entity, given.plural or f"{entity}s")
    except RefusedError as error:
        sys.stderr.write(f"refused: {error}\n")
        return 2
    for path, text in files.items():
        sys.stdout.write(f"{'change' if (given.root / path).exists() else 'new   '} {path}\n")
        if not given.dry_run:
            (given.root / path).parent.mkdir(parents=True, exist_ok=True)
            (given.root / path).write_text(text, encoding="utf-8", newline="\n")
    return 0


def plan(root: Path, module: str, entity: str, plural: str) -> dict[str, str]:
    """Return the text of every file to write, by path.

    Args:
        root: top of the repository.
        module: name of the new module.
        entity: one of what it keeps.
        plural: many of them.

    Raises:
        RefusedError: a name cannot be used, or the repository is not as expected.
    """
    try:
        answers = json.loads((root / ANSWERS).read_text(encoding="utf-8"))["answers"]
    except (OSError, ValueError, KeyError) as error:
        raise RefusedError(f"{root} has no {ANSWERS}; start at the top of a generated repository") from error
    package, stack = answers["package_name"], answers["stack"]
    for name in (module, entity, plural):
        if not WORDS.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(name):
            raise RefusedError(f"{name!r} cannot be used; wanted: lower-case words, at most {LONGEST} characters")
    if "_" in module:  # tables are named MODULE_ENTITY, and the module is what stands before the first underscore
        raise RefusedError(f"{module!r} cannot be used; wanted: one word, such as billing")
    home = root / "src" / package
    if (home / module).exists() or (home / f"{module}.py").exists():
        raise RefusedError(f"src/{package}/{module} exists already")
    values = {
        "package": package,
        "module": module,
        "entity": entity,
        "Entity": "".join(word.capitalize() for word in entity.split("_")),
        "thing": entity.replace("_", " "),
        "entities": plural,
        "path": plural.replace("_", "-"),
        "init": "__init__",  # generation leaves out what starts with two underscores
    }
    wired = WIRING[stack](root, values)
    files = render(stack, values)
    taken = sorted(path for path in files if (root / path).exists())
    if taken:
        raise RefusedError(f"{taken[0]} exists already")
    return files | wired


def render(stack: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the rendered templates; placeholders such as `@module@` stand in paths and texts alike."""
    files = {}
    for folder in (ASSETS / "shared", ASSETS / stack):
        for source in sorted(folder.rglob("*.tmpl")):
            path = fill(source.relative_to(folder).as_posix().removesuffix(".tmpl"), values)
            text = fill(source.read_text(encoding="utf-8"), values)
            files[path] = in_order(text, values["package"]) if path.endswith(".py") else text
    return files


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each known placeholder; a decorator's `@` is none."""
    return re.sub(r"@([a-zA-Z-]+)@", lambda found: values.get(found[1], found[0]), text)


def in_order(text: str, package: str) -> str:
    """Sort what was sorted in the template, now that names are filled in: listed names, and the package's imports."""
    listed = r'(?m)^(?P<open>(?:from [\w.]+ import \(|__all__ = \[)\n)(?P<names>(?:    "?\w+"?,\n)+)(?P<close>[)\]])$'
    text = re.sub(listed, lambda row: row["open"] + _sorted_names(row["names"]) + row["close"], text)
    one = rf"from {package}\.[\w.]+ import (?:\([^)]*\)|[^(\n]+)\n"
    return re.sub(rf"(?m)^(?:{one})+", lambda block: "".join(sorted(re.findall(one, block[0]), key=_place)), text)


def _sorted_names(rows: str) -> str:
    """Sort as linters do: constants, classes, then the rest."""

    def key(row: str) -> tuple[int, str]:
        name = row.strip(' ",\n')
        return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name

    return "".join(sorted(rows.splitlines(keepends=True), key=key))


def _place(statement: str) -> str:
    return statement.split()[1]


def replaced(root: Path, path: str, pattern: str, new: str) -> str:
    """Return the text of a file with the one place that fits a pattern replaced.

    Raises:
        RefusedError: there is no such place, or several.
    """
    try:
        text = (root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise RefusedError(f"{path} cannot be read") from error
    text, found = re.subn(pattern, new, text)
    if found != 1:
        raise RefusedError(f"{path} is not as it was generated ({found} places fit); wire the module in by hand")
    return text


def contracts(root: Path, values: Mapping[str, str]) -> str:
    """Return pyproject.toml with the module in the layers, and a contract that protects all but its api."""
    package, module = values["package"], values["module"]
    text = replaced(root, "pyproject.toml", r'(?m)^(layers = \["\w+", ")([^"]+)(", "core"\])$', r"\1@\2@\3")
    names = sorted({*re.search(r'"@([^"]+)@"', text)[1].split(" | "), module})  # type: ignore[index]  # just put there
    text = re.sub(r'"@[^"]+@"', f'"{" | ".join(names)}"', text)
    return (
        text.rstrip("\n")
        + f"""

[[tool.importlinter.contracts]]
id = "{module}-api"
name = "Other modules use {module}.api and nothing else of {module}"
type = "protected"
protected_modules = ["{package}.{module}.*"]
allowed_importers = ["{package}.{module}"]
ignore_imports = ["** -> {package}.{module}.api"]
"""
    )


def wire_fastapi(root: Path, values: dict[str, str]) -> dict[str, str]:
    """Include the router in the application, and put the migration behind the last one."""
    package, module = values["package"], values["module"]
    app = f"src/{package}/app.py"
    text = replaced(root, app, r"(?m)^(    for module in \()([\w, ]+)(\):)$", rf"\1\2, {module}\3")
    values["revision"], values["down-revision"] = next_revision(root / "migrations" / "versions")
    return {"pyproject.toml": contracts(root, values), app: including(text, values)}


def including(text: str, values: Mapping[str, str]) -> str:
    """Return source that imports the module's api, among the others."""
    package, module = values["package"], values["module"]
    line = f"from {package}.{module} import api as {module}\n"
    block = rf"(?m)^(?:from {package}\.\w+ import api as \w+\n)+"
    return re.sub(block, lambda rows: "".join(sorted([*rows[0].splitlines(keepends=True), line], key=_place)), text)


def next_revision(folder: Path) -> tuple[str, str]:
    """Return a new revision and the one it follows.

    Raises:
        RefusedError: the migrations are not one line.
    """
    known, followed = set(), set()
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        known |= set(re.findall(r'(?m)^revision\b[^=\n]*= ["\'](\w+)["\']', text))
        followed |= set(re.findall(r'(?m)^down_revision\b[^=\n]*= ["\'](\w+)["\']', text))
    heads = sorted(known - followed)
    if len(heads) != 1:
        raise RefusedError(f"migrations must end in one revision, not {len(heads)}: python -m alembic merge heads")
    number = 1 + max((int(name) for name in known if re.fullmatch(r"\d{4}", name)), default=len(known))
    return f"{number:04}", heads[0]


def wire_django(root: Path, values: dict[str, str]) -> dict[str, str]:
    """List the module among the installed ones, and add its router."""
    package, module = values["package"], values["module"]
    settings, urls = f"src/{package}/app/settings.py", f"src/{package}/app/urls.py"
    installed = r'(?m)^(INSTALLED_APPS = \[\n(?:    "[\w.]+",\n)+)(\])$'
    routers = r'(?m)^((?:_api\.add_router\("[/\w]*", \w+\.router\)\n)+)'
    texts = {
        settings: replaced(root, settings, installed, rf'\1    "{package}.{module}",\n\2'),
        urls: replaced(root, urls, routers, rf'\1_api.add_router("/{module}", {module}.router)\n'),
    }
    return {"pyproject.toml": contracts(root, values), **texts, urls: including(texts[urls], values)}


WIRING = {"fastapi": wire_fastapi, "django": wire_django}

if __name__ == "__main__":
    sys.exit(main())
