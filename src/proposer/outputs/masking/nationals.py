"""National identity numbers that carry a checksum. A weak one (one number in ten passes) needs a word beside it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from proposer.outputs.masking import checksums
from proposer.outputs.masking.shadows import Span

__all__ = ["IDENTIFIERS", "Identifier", "find"]

_BEFORE, _AFTER = 48, 24


class Identifier(NamedTuple):
    """A national number.

    Attributes:
        rule: the name in `[REDACTED:<rule>]`.
        pattern: its written form.
        check: has the last word about its letters and digits.
        words: one of these must stand near it, in small letters; none where shape and checksum suffice.
    """

    rule: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    words: tuple[str, ...]


def _row(rule: str, pattern: str, check: Callable[[str], bool], words: str = "") -> Identifier:
    whole = re.compile(rf"(?<![\w.+/-])(?:{pattern})(?![\w-]|[./][0-9A-Za-z])")
    return Identifier(rule, whole, check, tuple(words.split("|")) if words else ())


IDENTIFIERS: tuple[Identifier, ...] = (
    _row("tax-id-de", r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", checksums.germany,
         "steuer|tax id|tax_id|tax-id|taxid|tax number|tin|idnr"),
    _row("bsn-nl", r"[0-9]{9}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}", checksums.netherlands,
         "bsn|burgerservice|sofinummer|citizen service"),
    _row("nir-fr", r"[12]G?[0-9]{2}G?(?:0[1-9]|1[0-2]|[2-9][0-9])G?(?:[0-9]{2}|2[AB])G?[0-9]{3}G?[0-9]{3}G?[0-9]{2}"
         .replace("G", "[ .]"), checksums.france),
    _row("dni-es", r"(?:[0-9]{8}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ -]?[A-HJ-NP-TV-Z]|[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]",
         checksums.spain),
    _row("codice-fiscale", r"[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", checksums.italy),
    _row("pesel-pl", r"[0-9]{11}", checksums.poland, "pesel"),
    _row("personnummer-se", r"(?:19|20)?[0-9]{6}[-+]?[0-9]{4}", checksums.sweden,
         "personnummer|person nummer|personal number|personal identity|personal_number|person_number|personnr|pnr"
         "|samordningsnummer"),
    _row("hetu-fi", r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", checksums.finland),
    _row("national-number-be", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", checksums.belgium),
    _row("national-number-be", r"[0-9]{11}", checksums.belgium,
         "rijksregister|insz|niss|registre national|national number|national register|national_number|rrn"),
    _row("cpf-br", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", checksums.brazil),
    _row("cpf-br", r"[0-9]{11}", checksums.brazil, "cpf"),
    _row("nhs-number", r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", checksums.nhs, "nhs"),
    _row("ssn-us", r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{9}", checksums.usa,
         "ssn|social security|social_security|social-security|socialsecurity|itin"),
    _row("fodselsnummer-no", r"[0-9]{6} ?[0-9]{5}", checksums.norway),
    _row("cpr-dk", r"[0-9]{6}-?[0-9]{4}", checksums.denmark, "cpr|personnummer"),
    _row("ahv-ch", r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", checksums.switzerland),
    _row("nif-pt", r"[1-35689][0-9]{2} ?[0-9]{3} ?[0-9]{3}", checksums.portugal, "nif|contribuinte"),
    _row("svnr-at", r"[0-9]{4} ?[0-9]{6}", checksums.austria, "svnr|sv-nummer|sozialversicherung"),
    _row("oib-hr", r"[0-9]{11}", checksums.croatia, "oib"),
    _row("rodne-cislo", r"[0-9]{6}/?[0-9]{4}", checksums.czechia,
         "rodne cislo|rodné číslo|rodne_cislo|rodnecislo|birth number|birth_number"),
    _row("cnp-ro", r"[1-9][0-9]{12}", checksums.romania, "cnp|cod numeric personal"),
    _row("kimlik-tr", r"[1-9][0-9]{10}", checksums.turkey, "kimlik|tckn|t.c. no|tc no|tc_no"),
    _row("pps-ie", r"[0-9]{7}[A-W][A-IW]?", checksums.ireland, "pps|ppsn|pps_number"),
    _row("aadhaar-in", r"[2-9][0-9]{3} ?[0-9]{4} ?[0-9]{4}", checksums.india, "aadhaar|aadhar|uidai"),
    _row("sin-ca", r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}", checksums.luhn, "sin|social insurance|social_insurance"),
    _row("id-za", r"[0-9]{13}", checksums.luhn,
         "id number|id_number|idnumber|identity number|identity_number|id no|rsa id"),
    _row("resident-id-cn", r"[1-9][0-9]{16}[0-9X]", checksums.china),
    _row("nric-sg", r"[STFGM][0-9]{7}[A-Z]", checksums.singapore),
    _row("rrn-kr", r"[0-9]{6}-[1-8][0-9]{6}", checksums.korea),
    _row("rut-cl", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9K]", checksums.chile),
)  # fmt: skip


_REGION = re.compile(r"[0-9A-Z](?<!\w.)(?:[0-9A-Z]|[ .+/-](?=[0-9A-Z])){7,}")
_LEAST = 7
_LONG = 4
_FREE = tuple(row for row in IDENTIFIERS if not row.words)
_NAMED = tuple(row for row in IDENTIFIERS if row.words)


def find(text: str, low: str, parts: Iterable[tuple[int, int]], context: str = "") -> Iterator[Span]:
    """Yield national numbers.

    Args:
        text: where to look.
        low: the text in small letters, place for place.
        parts: (start, end) of the parts of it that have digits.
        context: more words that count as near, in small letters.
    """
    told = {row for row in _NAMED if _said(row.words, context)}
    present: list[Identifier] | None = None
    for start, end in parts:
        for region in _REGION.finditer(text, start, end):
            if sum(map(str.isdigit, region[0])) < _LEAST:
                continue
            first, last = region.span()
            yield from _numbers(_FREE, text, first, last)
            if present is None:
                present = [row for row in _NAMED if row in told or any(word in low for word in row.words)]
            near = low[max(0, first - _BEFORE) : last + _AFTER]
            yield from _numbers([row for row in present if row in told or _said(row.words, near)], text, first, last)


def _numbers(rows: Iterable[Identifier], text: str, start: int, end: int) -> Iterator[Span]:
    for row in rows:
        for match in row.pattern.finditer(text, start, end):
            compact = match[0] if row.rule == "hetu-fi" else "".join(filter(str.isalnum, match[0]))
            if row.check(compact) and not text[match.end() : match.end() + 1].isalnum():
                yield Span(*match.span(), row.rule)


def _said(words: tuple[str, ...], near: str) -> bool:
    """Tell whether one of the words stands there; a short one must be a word of its own."""
    for word in words:
        at = near.find(word)
        while at >= 0:
            after = near[at + len(word) : at + len(word) + 1]
            if not near[at - 1 : at].isalpha() and not (len(word) <= _LONG and after.isalpha()):
                return True
            at = near.find(word, at + 1)
    return False
