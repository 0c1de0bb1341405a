"""Finds the shared assets (prompts, skills, schemas, template), in the wheel or in a checkout."""

from pathlib import Path

from proposer.errors import UsageError

__all__ = ["KINDS", "folder", "root"]

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
