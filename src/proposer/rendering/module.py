"""What a new module needs outside of its folder, and what its model left out: rendered from the skill's assets."""

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from proposer.config import assets
from proposer.errors import Outcome, StopError, UsageError
from proposer.inputs.subject import REGULAR
from proposer.rendering.material import Material

__all__ = ["render"]

_SKILL = ".agents/skills/scaffold-module/assets/"
_READ = ("pyproject.toml", ".proposer-template.json", "src/", "migrations/")
"""What the skill looks at to wire a module in."""


def render(material: Material) -> Mapping[str, bytes]:
    """Return wiring, contract, migration, AGENTS.md and whatever else of the module the model did not write.

    The skill's script is this library's; its templates are the base's, where the base has them.

    Raises:
        UsageError: a name cannot be used, or the repository is not as it was generated.
        StopError: the model wrote nothing of the module (`incomplete`).
    """
    name, entity = material.arguments.get("name", ""), str(material.answer.get("entity", ""))
    with tempfile.TemporaryDirectory(dir=material.git.cwd, prefix="scaffold-") as folder:
        root, templates = Path(folder) / "tree", Path(folder) / "assets"
        _lay(material, root)
        script = assets.script("scaffold-module", "scaffold")
        if _own(material.files, templates):
            script.ASSETS = templates
        try:
            planned = script.plan(root, name, entity, str(material.answer.get("plural", "")) or f"{entity}s")
        except script.RefusedError as error:
            raise UsageError(str(error), "name one new module in one word: inv codex.scaffold billing") from error
    written = material.git.tree(material.after)
    if not [path for path in written if f"/{name}/" in path and path not in material.git.tree(material.before)]:
        raise StopError(Outcome.INCOMPLETE, f"nothing of the module {name} was written", "run again: --fresh")
    changed = set(material.git.tree(material.before))
    return {path: text.encode() for path, text in planned.items() if path not in written or path in changed}


def _lay(material: Material, root: Path) -> None:
    """Write the regular files that the skill reads into a folder; links are not followed, nor made."""
    entries = {
        path: entry
        for path, entry in material.git.tree(material.before).items()
        if path.startswith(_READ) and entry.mode in REGULAR and not {"..", "."} & set(path.split("/"))
    }
    data = material.git.blobs(sorted({entry.oid for entry in entries.values()}))
    for path, entry in entries.items():
        _write(root / path, data[entry.oid])


def _own(files: Mapping[str, bytes], folder: Path) -> bool:
    """Write the templates of the base into a folder; tell whether it has any."""
    found = {path.removeprefix(_SKILL): data for path, data in files.items() if path.startswith(_SKILL)}
    for path, data in found.items():
        _write(folder / PurePosixPath(path), data)
    return bool(found)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
