"""Tells templates and hooks where the shared assets are: beside this folder, in a checkout as in the wheel."""

from pathlib import Path

from jinja2 import Environment
from jinja2.ext import Extension


class AssetRoot(Extension):
    """Sets the global `asset_root`, whatever way cookiecutter got hold of the template (folder, zip, git, cruft)."""

    def __init__(self, environment: Environment) -> None:
        """Set the global."""
        super().__init__(environment)
        environment.globals["asset_root"] = str(Path(__file__).resolve().parent.parent)
