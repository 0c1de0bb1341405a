"""References to issues, merge requests, epics and commits in rendered text.

What they name on GitHub or GitLab gets an entry in its history, also in another project; after a keyword it is closed
on merge (docs.github.com "Linking a pull request to an issue"; docs.gitlab.com "GitLab-specific references").
"""

import re
from collections.abc import Iterator, Mapping

from proposer.reports.inline import CODE

__all__ = ["closing", "references"]

Part = tuple[int, int]

_CLOSING = re.compile(
    r"(?i)(?<![a-z0-9])(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?"
    r"|duplicate[ \t]+of)(?![a-z0-9])"
)
_KINDS = "issue|work_item|epic|merge_request"
_NAMED = f"(?:{_KINDS}):"
_GLUE = re.compile(
    rf"(?:\](?:\([^()\s]{{0,300}}\))?)?(?:[\s:*_~<>(\"'\\]|\[(?!{_NAMED})){{0,80}}"
    r"(?i:(?:issues?|bugs?|tickets?|epics?|prs?|mrs?|(?:pull|merge)\srequests?)\s+)?"
)
_AND = re.compile(
    rf"[\s*_~>\]\\]{{0,40}}(?:[,;&/+]|(?i:and|or)\b)?(?:[\s*_~>\\]|\[(?!{_NAMED})){{0,40}}(?i:(?:and|or)\s+)?"
)
_LINKED = re.compile(r"[\s:*_~>(\"'\\]{0,80}\[[^\[\]]{0,300}\]\(")
_END = r"(?!_?[^\W_])"
"""The end of a number; an underscore may end emphasis."""
_TRACKED = re.compile(
    rf"(?P<key>[A-Z][A-Z0-9_]{{1,20}})-[0-9]{{1,18}}{_END}"
    rf"|(?i:https?)://[^\s<`|{CODE}]{{1,500}}/(?:issues|pull|merge_requests|work_items|epics)/[0-9]+(?:[^\s<>`|)\]{CODE}]*[\w/])?"
    r"|(?:[\w./-]{1,200})?[#!][0-9]+\w*|(?i:gh-)[0-9]+\w*"
)
"""What is a reference after a keyword only: another tracker's issue, an address, a number that letters follow."""
_STANDARDS = frozenset(
    {
        "ADR", "AES", "ASCII", "BASE", "COVID", "CP", "CSS", "CVE", "CWE", "ECMA", "ED", "EN", "ES", "FIPS", "GMT",
        "GPT", "HTML", "HTTP", "IEEE", "ISO", "LATIN", "MD", "NIST", "PCI", "PEP", "PKCS", "RFC", "RSA", "SEC", "SHA",
        "SOC", "SSL", "TLS", "UCS", "UTC", "UTF", "WCAG", "WIN",
    }
)  # fmt: skip
"""What stands before a hyphen and a number in prose, and is the key of no issue tracker's project."""

_PATH = frozenset("/._-")
_SIGN = re.compile(
    rf"[#\uff03][0-9]{{1,18}}{_END}|(?<![<>])[!&][0-9]{{1,18}}{_END}"
    r"|@(?=[0-9a-fA-F]{7,40}(?![0-9A-Za-z]))[0-9a-fA-F]+"
)
"""An issue, a merge request or epic, a commit: each after the path of its project, or without it."""
_SHORT = rf"(?i:(?<![a-z0-9])gh-[0-9]{{1,18}}{_END})"
_KIND = rf"\[(?:{_KINDS}|snippet|vulnerability):[^\]\s`|{CODE}]{{1,200}}\]"
_WORD = re.compile(f"{_SHORT}|{_KIND}")
"""What needs no path."""


def references(text: str) -> Iterator[Part]:
    """Yield what is a reference wherever it stands, and none twice."""
    done = 0
    for match in _SIGN.finditer(text):
        start = match.start()
        while start > done and (text[start - 1].isalnum() or text[start - 1] in _PATH):
            start -= 1
        while text[start] in _PATH:  # the sign itself is none
            start += 1
        yield start, match.end()
        done = match.end()
    yield from (match.span() for match in _WORD.finditer(text))


def closing(text: str, named: Mapping[int, int]) -> Iterator[Part]:
    """Yield what is named as closed, fixed, resolved, implemented or the same.

    Args:
        text: rendered text.
        named: its references, their ends by their starts.
    """
    for keyword in _CLOSING.finditer(text):
        at = keyword.end()
        glue = _GLUE
        while between := glue.match(text, at):
            start = between.end()
            at = named.get(start) or _tracked(text, start)
            if not at:
                break
            yield start, at
            glue = _AND
        link = _LINKED.match(text, keyword.end())
        if link and (end := _tracked(text, link.end())):
            yield link.end(), end


def _tracked(text: str, at: int) -> int:
    """Return where the reference at a place ends, or nothing."""
    match = _TRACKED.match(text, at)
    return 0 if match is None or match["key"] in _STANDARDS else match.end()
