"""Makes text of a model or a stranger harmless for the place where it is shown."""

import re
from collections.abc import Collection

from proposer.inputs.untrusted import clean

__all__ = ["log_line", "markdown", "terminal"]

_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_MENTION = re.compile(r"(?<![\w`/])@[A-Za-z0-9][A-Za-z0-9_/.-]*")
_CLOSING = re.compile(
    r"(?i)\b(clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)(\s*:?\s+)"
    r"((?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|https?://\S+/(?:issues|pull|-/issues|merge_requests)/\d+)"
)
_COMMAND = re.compile(r"(?m)^([ \t>*+-]*)/(?=[A-Za-z])")
_IMAGE = re.compile(r"!(?=\[)")
_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)[^)\n]*\)")
_REFERENCE = re.compile(r"(?m)^[ \t]{0,3}\[[^\]\n]+\]:\s*\S+.*$")
_BARE = re.compile(r"(?<![\w`(])(?:[a-z][a-z0-9+.-]*:)?(?://|www\.)[^\s<>`)\]]+", re.IGNORECASE)
_SCHEME = re.compile(r"(?i)\b(javascript|data|vbscript):")


def markdown(text: str, hosts: Collection[str] = ("github.com",)) -> str:
    """Return text that can be published as Markdown: no HTML, mentions, images, commands or foreign links.

    What stands in code is left alone, since it is not live there. Idempotent.

    Args:
        text: Markdown of a model.
        hosts: hosts that links may lead to.
    """
    parts = _CODE.split(clean(text))
    return "".join(part if number % 2 else _live(part, hosts) for number, part in enumerate(parts))


def _live(text: str, hosts: Collection[str]) -> str:
    text = _REFERENCE.sub(lambda m: f"`{m[0].strip().replace('`', '')}`", text)
    text = _IMAGE.sub("", text)
    text = _LINK.sub(lambda m: m[0] if _trusted(m[2], hosts) else f"{m[1]} (`{m[2].replace('`', '')}`)", text)
    text = _TAG.sub("&lt;", text)
    text = _MENTION.sub(lambda m: f"`{m[0]}`", text)
    text = _CLOSING.sub(lambda m: f"{m[1]}{m[2]}`{m[3]}`", text)
    text = _COMMAND.sub(lambda m: f"{m[1]}\\/", text)
    text = _SCHEME.sub(lambda m: f"{m[1]}\\:", text)
    return _BARE.sub(lambda m: m[0] if _trusted(m[0], hosts) else f"`{m[0]}`", text)


def _trusted(address: str, hosts: Collection[str]) -> bool:
    match = re.match(r"(?i)(?:https://)([^/?#@\\]+)(?:[/?#]|$)", address)
    return bool(match) and match is not None and match[1].lower() in {host.lower() for host in hosts}


def log_line(text: str) -> str:
    """Return text for a CI log: no line of it is a command of the runner (`::x::`, `##[x]`, `section_start:`)."""
    text = clean(text)
    text = re.sub(r"(?m)^(\s*)::", r"\1: :", text)
    return re.sub(r"section_(start|end):", r"section_\1 :", text.replace("##[", "## ["))


def terminal(text: str) -> str:
    """Return text for a terminal that Rich prints: no control sequences, no markup."""
    return re.sub(r"(\\*)\[", lambda m: f"{m[1] * 2}\\[", clean(text))
