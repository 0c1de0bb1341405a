"""Lays the chosen overlays, copies the shared assets, writes answers and lock. Standard library only; no network, no process."""

import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path({{ asset_root | tojson }})
ANSWERS = json.loads({{ cookiecutter | tojson | tojson }})
LIBRARY = ROOT / "src" / "proposer" if (ROOT / "src" / "proposer").is_dir() else ROOT.parent
ASSETS = {"prompts": ".github/codex/prompts", "skills": ".agents/skills", "schemas": "schemas"}


def load(name):
    """Load a module of the library by path."""
    spec = importlib.util.spec_from_file_location(name, LIBRARY / "config" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def lay_overlays(project: Path) -> None:
    """Move the files of the chosen answers into place, and drop the others.

    A folder of `.overlays` is named after answers, such as `fastapi+finance`; it counts when all of them were given,
    or are held by one that was (`answers.chosen`).
    """
    chosen, overlays = load("answers").chosen(ANSWERS), project / ".overlays"
    for overlay in sorted(overlays.iterdir()):
        for source in sorted(overlay.rglob("*")) if set(overlay.name.split("+")) <= chosen else ():
            if source.is_file():
                place = project / source.relative_to(overlay)
                place.parent.mkdir(parents=True, exist_ok=True)
                source.rename(place)
    shutil.rmtree(overlays)


def copy_assets(project: Path) -> None:
    """Copy prompts, skills and schemas to where Codex and the tasks read them."""
    for kind, target in ASSETS.items():
        for source in sorted((ROOT / kind).rglob("*")):
            parts = source.relative_to(ROOT / kind).parts
            if source.is_file() and not any(part.startswith((".", "__")) for part in parts):
                place = project / target / Path(*parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)


def write_lock(project: Path, version: str) -> None:
    """Pin every file that instructs Codex, as `inv codex.lock` does."""
    lockfile = load("lockfile")
    more = lockfile.workflow_files((project / "proposer.toml").read_bytes())
    files = {}
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project).as_posix()
        if path.is_file() and lockfile.is_pinned(name, more):
            files[name] = lockfile.digest(path.read_bytes())
    lock = lockfile.Lock(
        codex_version=lockfile.CODEX_VERSION,
        model=ANSWERS["model"],
        effort=ANSWERS["effort"],
        proposer_version=version,
        codex_sha256=lockfile.CODEX_SHA256,
        files=files,
    )
    (project / lockfile.LOCK_NAME).write_text(lockfile.render(lock), encoding="utf-8", newline="\n")


def write_manifest(project: Path, version: str) -> None:
    """Note what made this repository, and what it was made of: `proposer update` merges from there."""
    lockfile = load("lockfile")
    answers = {key: value for key, value in sorted(ANSWERS.items()) if not key.startswith("_")}
    files = {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}
    made = {name: lockfile.digest(path.read_bytes()) for name, path in sorted(files.items())}
    document = {
        "schema": "proposer/template/v1",
        "template_version": version,
        "answers": answers,
        "generated": {"edition": load("editions").digest(ROOT, LIBRARY), "answers": answers, "files": made},
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (project / load("answers").TEMPLATE_FILE).write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Complete the generated repository."""
    project = Path.cwd()
    version = re.search(r'__version__ = "([^"]+)"', (LIBRARY / "__init__.py").read_text(encoding="utf-8"))[1]
    lay_overlays(project)
    copy_assets(project)
    write_lock(project, version)
    write_manifest(project, version)


sys.dont_write_bytecode = True
main()
