"""What a reader cannot see, said a second time and in another way than the library says it: by code points and names.

Shared by the unit tests and the fuzzers. `left_over` is the oracle, `hostile` draws texts that hide something.
"""

import html
import re
import unicodedata
from random import Random

from hypothesis import strategies as st

RANGES = {
    "tags": (0xE0000, 0xE007F),
    "embeddings": (0x202A, 0x202E),
    "isolates": (0x2066, 0x2069),
    "Arabic letter mark": (0x61C, 0x61C),
    "direction marks": (0x200E, 0x200F),
    "zero-width space": (0x200B, 0x200B),
    "invisible operators": (0x2060, 0x2064),
    "byte order mark": (0xFEFF, 0xFEFF),
    "soft hyphen": (0xAD, 0xAD),
    "grapheme joiner": (0x34F, 0x34F),
    "Mongolian selectors": (0x180B, 0x180F),
    "deprecated formats": (0x206A, 0x206F),
    "annotation marks": (0xFFF9, 0xFFFB),
    "musical formats": (0x1D173, 0x1D17A),
    "shorthand formats": (0x1BCA0, 0x1BCA3),
    "Hangul fillers": (0x115F, 0x1160),
    "Hangul filler": (0x3164, 0x3164),
    "halfwidth Hangul filler": (0xFFA0, 0xFFA0),
    "braille blank": (0x2800, 0x2800),
    "lone surrogates": (0xD800, 0xDFFF),
    "C0 before tab": (0x00, 0x08),
    "C0 after newline": (0x0B, 0x1F),
    "delete and C1": (0x7F, 0x9F),
    "line and paragraph separators": (0x2028, 0x2029),
    # Beyond the list: ignorable by default, or nothing to see, and used by nobody.
    "Khmer inherent vowels": (0x17B4, 0x17B5),
    "an ignorable without a name": (0x2065, 0x2065),
    "ignorables before the annotations": (0xFFF0, 0xFFF8),
    "ignorables after the tags": (0xE0080, 0xE00FF),
    "ignorables after the selectors": (0xE01F0, 0xE0FFF),
    "null note head": (0x1D159, 0x1D159),
    "noncharacters": (0xFDD0, 0xFDEF),
    "noncharacters of plane 0": (0xFFFE, 0xFFFF),
    "noncharacters of plane 16": (0x10FFFE, 0x10FFFF),
}
SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
JOINERS = "\u200c\u200d"
JOINING = (
    "ARABIC", "SYRIAC", "THAANA", "NKO", "MANDAIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
    "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MYANMAR", "KHMER", "MONGOLIAN", "BALINESE", "JAVANESE", "PHAGS-PA",
    "MANICHAEAN", "TIFINAGH",
)  # fmt: skip
VARYING = (
    "CJK",
    "MYANMAR",
    "PHAGS-PA",
    "MANICHAEAN",
    "EGYPTIAN",
    "SCRIPT CAPITAL",
    "MATHEMATICAL SCRIPT",
    "DIGIT ZERO",
)


def decoded(text: str) -> str:
    """Return text with entities decoded until nothing changes, by the standard library."""
    before = None
    while before != text:
        before, text = text, html.unescape(text)
    return text


def left_over(text: str) -> list[str]:
    """Return what a cleaned text still hides, in words; empty where nothing is hidden."""
    found = []
    for level, form in (("as it stands", text), ("decoded", decoded(text))):
        found += [f"{what} {level}" for what in (*_characters(form), *_markup(form))]
    numbers = {int(match[1]) for match in re.finditer(r"&#0*([0-9]{1,7})(?![0-9])", text)}
    numbers |= {int(match[1], 16) for match in re.finditer(r"&#[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F])", text)}
    return found + [f"a number for {number:04X}" for number in numbers if range_of(number)]


def range_of(number: int) -> str | None:
    return next((name for name, (first, last) in RANGES.items() if first <= number <= last), None)


def _characters(text: str) -> list[str]:
    found = [f"{name}: U+{ord(char):04X}" for char in set(text) if (name := range_of(ord(char)))]
    padded = f" {text} "
    for at, char in enumerate(padded):
        before, after = padded[at - 1 : at], padded[at + 1 : at + 2]
        if any(first <= ord(char) <= last for first, last in SELECTORS) and not _varies(before, char):
            found.append(f"selector U+{ord(char):04X} after {before!r}")
        if char in JOINERS and not _joins(before, char, after):
            found.append(f"joiner U+{ord(char):04X} between {before!r} and {after!r}")
    return found


def _name(char: str) -> str:
    return unicodedata.name(char, "")


def _varies(base: str, selector: str) -> bool:
    if selector in "\ufe0e\ufe0f":
        return base in "#*0123456789\u203c\u2049\u3030\u303d\xa9\xae" or unicodedata.category(base) in (
            "So",
            "Sm",
            "Cn",
        )
    if ord(selector) >= SELECTORS[1][0]:
        return _name(base).startswith("CJK")
    return selector in "\ufe00\ufe01\ufe02" and (
        _name(base).startswith(VARYING) or unicodedata.category(base) in ("Sm", "Po", "Pi", "Pf", "Lu", "Ll")
    )


def _joins(before: str, joiner: str, after: str) -> bool:
    if before in JOINERS or after in JOINERS:
        return False
    if any(_name(char).startswith(JOINING) or unicodedata.category(char) == "Cn" for char in (before, after)):
        return True
    if any(first <= ord(before) <= last for first, last in SELECTORS):
        return joiner == "\u200d" or _name(after).startswith(JOINING)
    pictures = unicodedata.category(before) in ("So", "Sk", "Sm", "Cn", "Po") and not before.isascii()
    return joiner == "\u200d" and pictures and unicodedata.category(after) in ("So", "Sm", "Cn", "Po")


_ATTRIBUTE = re.compile(
    r"""(?i)<(?:img|abbr|span|div)(?:\s+[a-z]+="[^"<>]*")*\s+(?:alt|title)\s*=\s*("|')[^"'<>]*\w[^"'<>]*\1\s*/?>"""
    r"""|<(?:img|abbr|span|div)\s+hidden\s*/?>"""
)


def _markup(text: str) -> list[str]:
    found = ["a comment"] if "<!--" in text else []
    found += [f"an attribute: {match[0]!r}" for match in _ATTRIBUTE.finditer(text)]
    return found + [f"<{name}>" for name in ("details", "picture") if re.search(rf"(?i)</?{name}(?=[\s/>]|$)", text)]


BREAKS = "\x0b\x0c\r\x85\u2028\u2029"
UNSEEN = [chr(edge) for edges in RANGES.values() for edge in edges if chr(edge) not in f"{BREAKS}\x1b\x9f"]
SEQUENCES = [
    *("\x1b[31m", "\x1b[1;38;5;9m", "\x1b[2J", "\x1b[?25l", "\x1b[0 q", "\x9b0m", "\x1b(B", "\x1b7", "\x1bc", "\x07"),
    *("\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1bPq#0\x1b\\", "\x1b_G\x1b\\", "\x1b^p\x1b\\", "\x1bXs\x1b\\"),
    *("\x90q\x9c", "\x9d0;t\x9c", "\x98s\x9c", "\x9ep\x9c", "\x9fa\x9c"),
]
COMMENTS = ["<!-- x -->", "<!---->", "<!-->", "<!--->", "<!-- x --!>", "<!--\nx\n-->", "<!-- <!-- x -->"]
ENTITIES = [
    *("&#x200b;", "&#8203;", "&#x0000200B;", "&#X200b;", "&zwj;", "&zwnj;", "&ZeroWidthSpace;", "&NegativeThinSpace;"),
    *("&shy;", "&lrm;", "&rlm;", "&NoBreak;", "&ApplyFunction;", "&af;", "&it;", "&ic;", "&#xe0041;", "&#27;[31m"),
    *("&#0;", "&#xd800;", "&#xfe01;", "&#xfffe;"),
]
VANISHING = [*UNSEEN, *SEQUENCES, *COMMENTS, *ENTITIES]
"""Each of these is hidden as a whole, and leaves nothing between two words."""

TAGS = [
    *("<details>", "<DETAILS open>", "</details>", "<details", "<picture>", "</Picture >", "<p hidden>"),
    *("<img alt=x>", "<img alt='x y'>", '<img src="a>b" alt="x"/>', "<a title=x>", '<b style="display: none">'),
    *(
        "<img alt=",
        "<img alt='",
        '<img alt="',
        '<abbr title="y">',
        '<span src="" alt = "z" >',
        "<img alt='<img alt=x>'>",
    ),
    "[//]: # (x)\n",
]
PIECES = [
    *("&", "&#", "&#x", "&#x2", "&#x20", "00b;", "0b;", "b;", ";", "x", "2", "0", "a", "amp", "amp;", "lt;", "&lt"),
    *("&gt;", "zwj;", "#x200b;", "#38;", "&#38", "&#x26;", "&#98;", "&shy", "&#13;", "&#x2028;", "&#x80;", "&#157;"),
    *(
        "<",
        "<!",
        "<!-",
        "--",
        "-->",
        ">",
        "!",
        "-",
        "'",
        '"',
        "=",
        " ",
        "\n",
        "\t",
        "[",
        "]",
        "(",
        ")",
        ":",
        "/",
        "31m",
    ),
    *("\r", "\u2028", "\x85", "\x1b", "\x1b[", "\x1b]", "\x9b", "\x9d", "\x90", "e\u0301", "word", "é"),
    *("😀", "❤", "🏽", "👩", "🚀", "1", "\u20e3", "م", "ی", "क", "\u094d", "漢", "∩"),
    *("\ufe0f", "\ufe0e", "\ufe01", "\ufe00", "\U000e0101", "\u200c", "\u200d"),
]


def encoded(text: str, choice: Random, levels: int) -> str:
    """Return text with some of its characters as entities, as often as there are levels."""
    for _ in range(levels):
        text = "".join(_one(char, choice) for char in text)
    return text


def _one(char: str, choice: Random) -> str:
    number = ord(char)
    forms = (f"&#{number};", f"&#x{number:x};", f"&#X{number:06X};", f"&#{number:09};", {"&": "&amp;"}.get(char, char))
    # An ampersand always: in `&#8203;` with one digit encoded, browsers would take `&#82` for an entity.
    return choice.choice(forms) if char == "&" or choice.random() < 0.6 else char


def broken_by(text: str, breaks: list[str], choice: Random) -> str:
    """Return text with hidden things between some of its characters."""
    return "".join(char + (choice.choice(breaks) if choice.random() < 0.3 else "") for char in text)


@st.composite
def hostile(draw: st.DrawFn) -> str:
    """Draw a text of hostile and innocent pieces, some encoded, some taken apart by others."""
    pieces = draw(st.lists(st.sampled_from([*VANISHING, *TAGS, *PIECES * 3]), max_size=12))
    choice = draw(st.randoms(use_true_random=False))
    text = ""
    for piece in pieces:
        turn = choice.random()
        if turn < 0.15:
            piece = encoded(piece, choice, choice.randint(1, 3))  # noqa: PLW2901
        elif turn < 0.3:
            piece = broken_by(piece, VANISHING, choice)  # noqa: PLW2901
        text += piece
    return text


def nearest(before: str, after: str) -> str:
    """Return where two texts begin to differ, for a message."""
    at = next((at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), None)
    return f"from {at}: {before[at or 0 :][:60]!r} and {after[at or 0 :][:60]!r}"
