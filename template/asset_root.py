"""Tells templates and hooks where the shared assets are, and how answers are written down in each language."""

import json
import re
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import Extension

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~&.-])")


class AssetRoot(Extension):
    """Sets the global `asset_root`, whatever way cookiecutter got hold of the template (folder, zip, git, cruft).

    The assets stand beside this folder, in a checkout as in the wheel.
    """

    def __init__(self, environment: Environment) -> None:
        """Set the global, and the filters for answers."""
        super().__init__(environment)
        environment.globals["asset_root"] = str(Path(__file__).resolve().parent.parent)
        environment.filters |= {"quoted": _quoted, "markdown": _markdown, "requirement": _requirement}


def _quoted(text: str) -> str:
    """Return a string literal that JSON, TOML and YAML read alike; answers hold printable characters only."""
    return json.dumps(text, ensure_ascii=False)


def _markdown(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _requirement(source: str) -> str:
    """Return the requirement that installs proposer from a requirement, an absolute path or a URL."""
    if source.startswith("/"):
        return f"proposer @ {Path(source).as_uri()}"
    return f"proposer @ {source}" if re.match(r"[a-z+]+://", source) else source
