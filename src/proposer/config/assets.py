"""Finds the shared assets (prompts, skills, schemas, template), in the wheel or in a checkout."""

import functools
import importlib.util
from pathlib import Path
from typing import Any

from proposer.errors import UsageError

__all__ = ["KINDS", "folder", "root", "script"]

KINDS = ("prompts", "skills", "schemas", "template")


def root() -> Path:
    """Return the folder that holds the four asset folders.

    Raises:
        UsageError: the installation is damaged.
    """
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "_assets", package.parent.parent):
        if all((candidate / kind).is_dir() for kind in KINDS):
            return candidate
    raise UsageError("the installed proposer lacks its assets", "run: pip install --force-reinstall proposer")


def folder(kind: str) -> Path:
    """Return the folder of one kind of asset (`KINDS`)."""
    return root() / kind


@functools.cache
def script(skill: str, name: str) -> Any:
    """Return a script of a skill as this library holds it, which a repository cannot change, loaded as a module.

    Raises:
        UsageError: the installation is damaged.
    """
    path = folder("skills") / skill / "scripts" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"proposer_skill_{name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"the skill {skill} lacks its script {name}", "run: pip install --force-reinstall proposer")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
