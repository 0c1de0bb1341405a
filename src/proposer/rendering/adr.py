"""An architecture decision record: one new file with the next number, from the answer of the model."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from proposer.errors import UsageError
from proposer.rendering.material import Material
from proposer.reports.safe import markdown

__all__ = ["FOLDER", "render"]

FOLDER = "docs/adr"
_NUMBERED = re.compile(rf"{FOLDER}/([0-9]{{1,6}})-[^/]+\.md")
_LONGEST_TITLE = 120
_SECTIONS = (
    ("Context", "context"),
    ("Decision", "decision"),
    ("Alternatives", "alternatives"),
    ("Consequences", "consequences"),
    ("Migration plan", "migration_plan"),
)
"""Heading and key of each part, in the order that the skill `adr` checks."""


def render(material: Material) -> Mapping[str, bytes]:
    """Return the file of the record; its title is the caller's, its text the model's, made harmless.

    Raises:
        UsageError: there is no title, or no file can be named after it.
    """
    title = " ".join(markdown(material.arguments.get("title", "")).split())
    slug = _slug(title)
    if not slug or len(title) > _LONGEST_TITLE:
        hint = f"name the decision in at most {_LONGEST_TITLE} characters: inv codex.adr 'Keep amounts as decimals'"
        raise UsageError(f"{title[:60]!r} is no title for a record", hint)
    paths = material.git.tree(material.before)
    number = 1 + max((int(match[1]) for path in paths if (match := _NUMBERED.fullmatch(path))), default=0)
    parts = [f"# {number}. {title}", "Status: proposed."]
    for heading, key in _SECTIONS:
        parts += [f"## {heading}", _body(material.answer.get(key, ""))]
    return {f"{FOLDER}/{number:04}-{slug}.md": ("\n\n".join(parts) + "\n").encode()}


def _slug(title: str) -> str:
    """Return lower-case ASCII words joined by dashes, at most 60 characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


def _body(value: Any) -> str:
    """Return text of a model below a heading of the host: no heading of its own, no live markup."""
    if isinstance(value, list):
        rows = [f"- **{_line(row.get('name', ''))}**: {_line(row.get('why_not', ''))}" for row in value]
        return "\n".join(rows) or "None was named."
    lines = markdown(str(value)).strip().split("\n")
    plain = [re.sub(r"^(\s{0,3})(#|={2,}\s*$|-{2,}\s*$)", r"\1\\\2", line).rstrip() for line in lines]
    return "\n".join(plain) or "Nothing was said."


def _line(text: str) -> str:
    return " ".join(markdown(str(text)).split())
