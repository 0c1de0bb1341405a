"""Findings that a linter, a formatter or taste could have: they change no decision about a merge, and are left out."""

import re

from proposer.outputs.answer import Finding

__all__ = ["is_nit"]

_HARMLESS = ("P2", "P3")
_TOPICS = re.compile(
    r"(?ix)\b(?:"
    r"unused\s+(?:imports?|variables?|arguments?|parameters?)|(?:import|isort)\s+(?:order|sorting)|sort\s+(?:the\s+)?imports"
    r"|trailing\s+(?:white\s*space|commas?|newline)|missing\s+(?:final\s+)?newline|blank\s+lines?|line\s+(?:is\s+)?too\s+long"
    r"|(?:missing|add(?:ing)?|no|incomplete)\s+(?:a\s+)?(?:doc\s?strings?|type\s+(?:hints?|annotations?)|comments?)"
    r"|(?:naming|formatting|style|stylistic|readability|cosmetic)\s+(?:issues?|nits?|conventions?|inconsistenc(?:y|ies)|problems?)"
    r"|inconsistent\s+(?:naming|formatting|indentation|quotes?|style)|(?:indentation|quotes?)\s+style|pep\s?-?8|nit(?:pick)?"
    r"|typos?\s+in\s+(?:a\s+|the\s+)?(?:comments?|doc\s?strings?|names?)|f-?strings?\s+instead|magic\s+numbers?"
    r"|(?:rename|renaming)\s+(?:the\s+|this\s+)?(?:variable|function|method|class|parameter|argument)"
    r"|(?:consider|should|could|please)\s+(?:adding|add|write|writing)\s+(?:a\s+|more\s+|some\s+|unit\s+)*tests?"
    r"|(?:black|ruff|flake8|pylint|mypy|eslint|prettier)\s+(?:would|will|complains?|reports?|warns?|fails?)"
    r")\b|\bnit:"
)


def is_nit(finding: Finding) -> bool:
    """Tell whether a finding is about such a topic, by its title; what is severe is none, whatever it is called."""
    return finding.severity in _HARMLESS and bool(_TOPICS.search(finding.title))
