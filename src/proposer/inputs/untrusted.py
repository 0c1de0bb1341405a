"""Text that nobody vouches for: cleaned of what a reader cannot see, then fenced as data."""

import hashlib
import html
import re
import unicodedata

__all__ = ["clean", "fence", "invisible", "reveal", "unreveal"]

_MAX_BYTES = 200_000
_MAX_LINES = 5_000
_CUT = "[cut: the text was longer]"

_INVISIBLE = re.compile(
    "[\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069\u061c\u200e\u200f\u200b\u2060-\u2064\ufeff\u00ad\u034f"
    "\u180b-\u180f\u206a-\u206f\ufff9-\ufffb\U0001d173-\U0001d17a\U0001bca0-\U0001bca3\u115f\u1160\u3164\uffa0"
    "\u2800\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ANSI = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]"
)
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINERS = re.compile("[\u200c\u200d]")
_COMMENT = re.compile(r"<!--(?:.*?--!?>|.*\Z)", re.DOTALL)
_NEEDS_JOINERS = ("ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
                  "MALAYALAM", "SINHALA", "SYRIAC", "MONGOLIAN", "KHMER", "MYANMAR")  # fmt: skip
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?")


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") or char in "\u200d\ufe0f" or "0" <= char <= "9" or char in "#*"


def _joins(text: str, at: int) -> bool:
    """Tell whether the joiner at this place stands between emoji, or between letters of a script that needs it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or not after:
        return False
    if text[at] == "\u200d" and _is_emoji(before) and unicodedata.category(after) == "So":
        return True
    return any(unicodedata.name(c, "").startswith(_NEEDS_JOINERS) for c in (before, after))


def _selects(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    if not before:
        return False
    if text[at] in "\ufe0e\ufe0f":
        return _is_emoji(before) or unicodedata.category(before) in ("Sm", "Po", "So", "Nd")
    return "CJK" in unicodedata.name(before, "")


def invisible(text: str) -> set[int]:
    """Return the positions of characters that a reader cannot see and that no script needs there."""
    found = {match.start() for match in _INVISIBLE.finditer(text)}
    found |= {m.start() for m in _JOINERS.finditer(text) if not _joins(text, m.start())}
    return found | {m.start() for m in _SELECTORS.finditer(text) if not _selects(text, m.start())}


def reveal(text: str) -> str:
    """Show invisible characters as escapes such as `⟦U+202E⟧`, for text that must not be rewritten otherwise."""
    found = invisible(text)
    return "".join(f"⟦U+{ord(c):04X}⟧" if at in found else c for at, c in enumerate(text)) if found else text


def unreveal(text: str) -> str:
    """Undo `reveal`, so that a quote can be compared with the file."""
    return re.sub(r"⟦U\+([0-9A-F]{4,6})⟧", lambda m: chr(min(int(m[1], 16), 0x10FFFF)), text)


def _pass(text: str) -> str:
    text = _BREAKS.sub("\n", _ANSI.sub("", text))
    found = invisible(text)
    if found:
        text = "".join(c for at, c in enumerate(text) if at not in found)
    text = _COMMENT.sub("", text)
    return _ENTITY.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    """Remove an entity that hides something; leave an innocent one as it stands."""
    shown = match[0]
    for _ in range(4):
        decoded = html.unescape(shown)
        if decoded == shown:
            break
        shown = decoded
    hidden = invisible(shown) or shown in ("\x1b", "\u200c", "\u200d", "\r", "\u2028", "\u2029")
    return "" if hidden else match[0]


def clean(text: str) -> str:
    """Return text without what a reader cannot see: controls, escape sequences, hidden characters and comments.

    Idempotent; benign text survives byte for byte. The result is at most 200,000 bytes and 5,000 lines, the cut marked.
    """
    previous = None
    while previous != text:
        previous, text = text, _pass(text)
    lines = text.split("\n")
    if len(lines) > _MAX_LINES or len(text.encode()) > _MAX_BYTES:
        kept = "\n".join(lines[: _MAX_LINES - 1]).encode()[: _MAX_BYTES - len(_CUT) - 1].decode(errors="ignore")
        text = f"{kept.removesuffix(_CUT).rstrip(chr(10))}\n{_CUT}"
    return text


def fence(text: str, label: str) -> str:
    """Return text between two marker lines that cannot occur in it; the marker is derived from the text.

    Args:
        text: the data.
        label: what it is, for the model.
    """
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    length = 12
    marker = f"DATA-{digest[:length]}"
    while marker in text:
        length += 4
        marker = f"DATA-{digest[:length]}" if length <= len(digest) else f"{marker}-"
    return f"<<<{marker} {label}\n{text}\n{marker}>>>"
