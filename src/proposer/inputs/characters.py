"""Characters and terminal sequences that a reader cannot see, and the places where a script needs one of them.

The ranges are those of Unicode 17 and do not depend on the Python that runs; their sources stand beside them.
"""

import re

from proposer.inputs.rule import Rule

__all__ = ["RULES", "invisible"]


def _ranges(*tables: str) -> str:
    """Return the inside of a character class from code points and ranges in hexadecimal."""
    return "".join(
        "-".join(rf"\U{int(end, 16):08x}" for end in item.split("-")) for table in tables for item in table.split()
    )


_DEFAULT_IGNORABLE = """
    AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B 200E-200F 202A-202E 2060-206F 3164 FEFF FFA0 FFF0-FFF8
    1BCA0-1BCA3 1D173-1D17A E0000-E00FF E01F0-E0FFF
"""
"""DerivedCoreProperties.txt, but the joiners and selectors, which have a rule of their own. TAG is E0000-E007F."""

_BLANK = "2800 FFF9-FFFB 1D159"
"""Shown as nothing though the standard calls them visible: braille blank, annotation marks, null note head."""

_NOT_TEXT = "0-6 8 E-17 19 1C-1F 7F D800-DFFF FDD0-FDEF " + " ".join(f"{p:X}FFFE-{p:X}FFFF" for p in range(0x11))
"""Controls, lone surrogates, noncharacters. What starts or ends a terminal's sequence is left to `_ESCAPE`."""

_EMOJI = """
    A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB 25B6 25C0
    25FB-25FE 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 2642 2648-2653
    265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699 269B-269C 26A0-26A1 26A7 26AA-26AB 26B0-26B1 26BD-26BE
    26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2705 2708-270D 270F 2712 2714 2716
    271D 2721 2728 2733-2734 2744 2747 274C 274E 2753-2755 2757 2763-2764 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07
    2B1B-2B1C 2B50 2B55 3030 303D 3297 3299 1F004 1F02C-1F02F 1F094-1F09F 1F0AF-1F0B0 1F0C0 1F0CF-1F0D0 1F0F6-1F0FF
    1F170-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1AF-1F1E5 1F201-1F20F 1F21A 1F22F 1F232-1F23A 1F23C-1F23F 1F249-1F25F
    1F266-1F321 1F324-1F393 1F396-1F397 1F399-1F39B 1F39E-1F3F0 1F3F3-1F3F5 1F3F7-1F3FA 1F400-1F4FD 1F4FF-1F53D
    1F549-1F54E 1F550-1F567 1F56F-1F570 1F573-1F57A 1F587 1F58A-1F58D 1F590 1F595-1F596 1F5A4-1F5A5 1F5A8 1F5B1-1F5B2
    1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 1F5FA-1F64F 1F680-1F6C5 1F6CB-1F6D2
    1F6D5-1F6E5 1F6E9 1F6EB-1F6F0 1F6F3-1F6FF 1F7DC-1F7F0 1F80C-1F80F 1F848-1F84F 1F85A-1F85F 1F888-1F88F 1F8AE-1F8AF
    1F8BC-1F8BF 1F8C2-1F8CF 1F8D9-1F8FF 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA58-1FA5F 1FA6E-1FAFF 1FC00-1FFFD
"""
"""Extended_Pictographic of emoji-data.txt; it holds the emoji of versions to come."""

_KEYCAP, _TONE = "23 2A 30-39", "1F3FB-1F3FF"
_IDEOGRAPH = "3400-4DBF 4E00-9FFF FA0E-FA29 20000-3FFFD"
_SCRIPT_LETTER = "210B 2110 2112 211B 212C 2130-2131 2133 1D49C-1D4B5"
_WIDE_STOP = "2018-2019 201C-201D 3001-3002 FF01 FF0C FF0E FF1A-FF1B FF1F"
_HIEROGLYPH = "13000-1342F 13441-143FA"
_SHAPED = """
    30 1000 1002 1004 1010-1011 1015 1019-101A 101C-101D 1022 1031 1075 1078 107A 1080 2205 2229-222A 2268-2269
    2272-2273 228A-228B 2293-2295 2297 229C 22DA-22DB 2A3C-2A3D 2A9D-2A9E 2AAC-2AAD 2ACB-2ACC A856 A85C A85E-A860 A868
    AA60-AA66 AA6B-AA6C AA6F AA7A FF10 10AC5-10AC6 10AD6-10AD7 10AE1
"""
_VARIED = re.compile(
    f"[{_ranges(_EMOJI, _KEYCAP)}][\ufe0e\ufe0f]"
    f"|[{_ranges(_IDEOGRAPH)}][\ufe00-\ufe02\U000e0100-\U000e01ef]"
    f"|[{_ranges(_SCRIPT_LETTER, _WIDE_STOP)}][\ufe00\ufe01]"
    f"|[{_ranges(_HIEROGLYPH)}][\ufe00-\ufe02]"
    f"|[{_ranges(_SHAPED)}]\ufe00"
)
"""Valid variation sequences: emoji-variation-sequences.txt, the IVD, StandardizedVariants.txt (by class of base)."""

_JOINING = """
    600-61B 61D-6EF 6FA-7FF 840-8FF 900-DFF 1000-109F 1780-17B3 17B6-180A 1810-18AF 1900-194F 1A20-1AAF 1B00-1C4F
    1CD0-1CFF 2D30-2D7F A840-A8FF A930-AA7F AAE0-AAFF ABC0-ABFF FB50-FDCF FDF0-FDFF FE70-FEFC 10A00-10A5F 10AC0-10AFF
    10B80-10BAF 10C80-10D8F 10EC0-10FDF 11000-11FFF 1E900-1E95F
"""
"""Blocks of the scripts whose letters join or conjoin (ArabicShaping.txt, IndicSyllabicCategory.txt), seen ones only.

Arabic but for its Persian digits, which join nothing; Syriac, Thaana, N'Ko, Mandaic; Devanagari to Sinhala; Myanmar,
Khmer, Mongolian, Balinese and their neighbours; Tifinagh, Phags-pa, Javanese; historic scripts from Kharoshthi to
Sogdian; Brahmi and its descendants; Adlam.
"""
_INVISIBLE = re.compile(f"[{_ranges(_DEFAULT_IGNORABLE, _BLANK, _NOT_TEXT)}]+")
_BREAK = re.compile("[\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?")
_CONTROL = "\x07\x18\x1a\x1b\x80-\x84\x86-\x9f"
_ESCAPE = re.compile(
    f"[{_CONTROL}](?:"
    # CSI: ECMA-48 wants parameters, then intermediates; terminals swallow any order up to the final byte.
    "(?:(?<=\x9b)|(?<=\x1b)\\[)[ -?]*[@-~]?"
    # DCS, SOS, OSC, PM, APC: to BEL or ST; what nothing ends is text, or one escape would swallow all that follows.
    "|(?:(?<=[\x90\x98\x9d-\x9f])|(?<=\x1b)[PX\\]^_])(?:[^\x07\x18\x1a\x1b\x80-\x9f]*(?:\x07|\x1b\\\\|\x9c))?"
    "|(?<=\x1b)[ -/]*[0-~]?"
    ")?"
)
_RUN_OF = "\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_RUN = re.compile(
    f"[{_RUN_OF}](?!(?:"
    f"(?<=[{_ranges(_EMOJI, _KEYCAP)}][\ufe0e\ufe0f])"
    f"|(?<=[{_ranges(_EMOJI, _TONE)}]\u200d)(?=[{_ranges(_EMOJI)}])"
    f"|(?<=[{_ranges(_JOINING)}][\u200c\u200d])"
    f")(?![{_RUN_OF}]))[{_RUN_OF}]*"
)
"""Joiners and selectors in a row, but for a single one in one of its usual places, which needs no second look."""
_PICTURE, _COLOURED, _LETTER = (re.compile(f"[{_ranges(*of)}]") for of in ((_EMOJI,), (_EMOJI, _TONE), (_JOINING,)))


def _needed(match: re.Match[str]) -> list[int]:
    """Return which characters of a run are needed: at most one selector, and one joiner after it."""
    text, kept = match.string, list[int]()
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    for at in range(match.start(), match.end()):
        char = text[at]
        if char not in "\u200c\u200d":
            if not kept and _VARIED.match(before + char):
                kept.append(at)
        elif (
            _LETTER.match(before)
            or _LETTER.match(after)
            or (char == "\u200d" and (_COLOURED.match(before)) and _PICTURE.match(after))
        ):
            return [*kept, at]
    return kept


def _of_run(match: re.Match[str]) -> str:
    return "".join(match.string[at] for at in _needed(match))


RULES = (
    Rule(name="invisible characters", pattern=_INVISIBLE),
    Rule(name="", pattern=_BREAK, replacement="\n"),
    Rule(name="terminal sequences", pattern=_ESCAPE),
    Rule(name="invisible characters", pattern=_RUN, replacement=_of_run),
)
"""In this order: what is invisible may stand inside a sequence, and a joiner is judged by its neighbours at the end."""

_UNSEEN = re.compile(f"[{_ranges(_DEFAULT_IGNORABLE, _BLANK, _NOT_TEXT)}{_CONTROL}]+")


def invisible(text: str) -> set[int]:
    """Return the positions of characters that a reader cannot see and that no script needs there.

    Line breaks of every kind are not among them. Of joiners and selectors in a row all are, if one of them is.
    """
    found = {at for match in _UNSEEN.finditer(text) for at in range(*match.span())}
    for match in _RUN.finditer(text):
        if len(_needed(match)) < len(match[0]):
            found.update(range(*match.span()))
    return found
