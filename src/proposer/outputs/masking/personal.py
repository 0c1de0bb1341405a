"""Personal data that can be told from other text by its checksum or its shape: cards, IBANs, e-mail addresses."""

import re
from collections.abc import Iterator

from proposer.outputs.masking import checksums, nationals
from proposer.outputs.masking.shadows import Span

__all__ = ["find"]

_DIGITS = bytes(100 if 48 <= code <= 57 else 111 for code in range(256))  # noqa: PLR2004 - ASCII digits
_AROUND = 48
_GAP = "[ \u00a0\u2009\u202f-]"
_CARD = re.compile(
    rf"(?<![\w.+/-])(?<![.,][0-9])[3-69][0-9]{{3}}(?:[0-9]{{8,15}}|({_GAP})(?:[0-9]{{4}}\1[0-9]{{4}}\1[0-9]{{4}}(?:\1[0-9]{{3}})?|[0-9]{{6}}\1[0-9]{{4,5}}))(?![\w-]|[.,][0-9])"
    rf"|(?<![\w.+/-])2[2-7][0-9]{{2}}(?:[0-9]{{12}}|({_GAP})[0-9]{{4}}\2[0-9]{{4}}\2[0-9]{{4}})(?![\w-]|[.,][0-9])"
)
_ISSUERS = (
    # First and last prefix, lengths (ISO/IEC 7812; the networks' own ranges).
    ("4", "4", (16, 19)), ("51", "55", (16,)), ("2221", "2720", (16,)), ("34", "34", (15,)), ("37", "37", (15,)),
    ("6011", "6011", (16, 19)), ("644", "659", (16, 19)), ("300", "305", (14,)), ("3095", "3095", (14,)),
    ("36", "36", (14,)), ("38", "39", (14,)), ("3528", "3589", (16,)), ("62", "62", (16, 19)), ("5018", "5018", (16,)),
    ("5020", "5020", (16,)), ("5038", "5038", (16,)), ("5893", "5893", (16,)), ("6304", "6304", (16,)),
    ("6759", "6759", (16,)), ("6761", "6763", (16,)), ("2200", "2204", (16,)), ("508", "508", (16,)),
    ("60", "60", (16,)), ("9792", "9792", (16,)),
)  # fmt: skip
_IBANS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 "
    "LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 "
    "QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 "
)
_IBAN_LENGTHS = {row[:2]: int(row[2:]) for row in _IBANS.split()}
"""Lengths by country (SWIFT IBAN registry)."""
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,40}")
_LOCAL = re.compile(r"(?<![\w.%+/=-])(?<!//)[\w%+][\w.%+-]{0,63}\Z")
_USER = re.compile(r"//[^\s/]{0,60}:\Z")
_DOMAIN = re.compile(
    r"(?:[^\W_](?:[^\W_]|-){0,62}\.){1,8}([^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})(?![\w-]|\(|\.\w|:[\w~/])"
)
_NOT_TLD_TEXT = """
    py js ts tsx jsx mjs cjs json yml yaml toml txt html htm xml css scss less svg png jpg jpeg gif webp ico bmp
    pdf zip gz tar exe dll service socket target timer mount device path slice scope swap local internal lock
    map min cpp hpp java class jar rb php swift kt ini cfg conf log bak tmp sql csv dtype shape get set size
    item items length push value data text type map filter reduce prototype method target localhost latest next
    beta alpha decorator fixture mark parametrize setter getter deleter property
"""
_NOT_TLD = frozenset(_NOT_TLD_TEXT.split())


def _is_card(number: str) -> bool:
    digits = "".join(filter(str.isdigit, number))
    known = any(first <= digits[: len(first)] <= last and len(digits) in lengths for first, last, lengths in _ISSUERS)
    return known and len(set(digits)) > 1 and checksums.luhn(digits)


def _iban(text: str, match: re.Match[str]) -> int:
    """Return where the IBAN that starts here ends; -1 where none does."""
    length = _IBAN_LENGTHS.get(match[0][:2])
    if length is None:
        return -1
    compact, at = "", match.start()
    while at < match.end() and len(compact) < length:
        if text[at].isalnum():
            compact += text[at]
        at += 1
    compact = compact.upper()
    if len(compact) < length or text[at : at + 1].isalnum():
        return -1
    return at if int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1 else -1


def _numeric(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the parts of a text that have three digits in a row, and what stands around them."""
    classes = text.encode("latin-1", "replace").translate(_DIGITS)
    at = classes.find(b"ddd")
    while at >= 0:
        start, end = max(0, at - _AROUND), at + _AROUND
        while at >= 0 and at <= end:
            end = at + _AROUND
            at = classes.find(b"ddd", at + 3)
        yield start, min(end, len(text))


def find(text: str, low: str, context: str = "") -> Iterator[Span]:
    """Yield personal data.

    Args:
        text: where to look.
        low: the text in small letters, place for place.
        context: what the text is said to be, such as its key in a JSON document.
    """
    parts = list(_numeric(text))
    for start, end in parts:
        for match in _CARD.finditer(text, start, end):
            if _is_card(match[0]):
                yield Span(*match.span(), "card")
        for match in _IBAN.finditer(text, start, end):
            if (last := _iban(text, match)) > 0:
                yield Span(match.start(), last, "iban")
    yield from nationals.find(text, low, parts, context)
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain and domain[1].lower() not in _NOT_TLD:
            local = _LOCAL.search(text, max(0, at - 66), at)
            if local and local[0] != "git" and not _USER.search(text, max(0, at - 130), local.start()):
                yield Span(local.start(), domain.end(), "email")
        at = text.find("@", at + 1)
