"""Pages: server-rendered HTML without scripts, under a content security policy that allows its own style alone."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["POLICY", "prefers_html", "render"]

_HERE = Path(__file__).with_name("pages")
_STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Value of the header `Content-Security-Policy` for every page."""


def render(folder: Path, name: str, **values: object) -> str:
    """Render the page `name` of a module's folder `pages`; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader([folder, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(style=Markup(_STYLE), **values)  # noqa: S704 - our own file


def prefers_html(accept: str) -> bool:
    """Tell whether a browser asks: `text/html` stands before any JSON."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    wanted = [kind for kind in kinds if kind in {"text/html", "application/json"}]
    return wanted[:1] == ["text/html"]
