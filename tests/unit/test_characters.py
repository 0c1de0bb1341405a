# ruff: noqa: RUF001 - letters of many scripts are what is tested
import pytest

from hidden import BREAKS, RANGES
from proposer.inputs import characters
from proposer.inputs.characters import invisible
from proposer.inputs.untrusted import clean


def each_edge() -> list[object]:
    edges = [(name, edge) for name, edges in RANGES.items() for edge in sorted(set(edges))]
    return [pytest.param(chr(edge), id=f"{name} {edge:04X}") for name, edge in edges if chr(edge) not in BREAKS]


@pytest.mark.parametrize("char", each_edge())
def test_a_character_that_nobody_sees_goes(char: str) -> None:
    assert clean(f"ig{char}nore") == "ignore"
    assert clean(char * 3) == ""
    assert invisible(f"a{char}b") == {1}


@pytest.mark.parametrize("name", RANGES)
def test_every_character_of_a_range_goes(name: str) -> None:
    first, last = RANGES[name]
    chars = [chr(number) for number in range(first, last + 1) if chr(number) not in "\x1b\x90\x98\x9b\x9d\x9e\x9f"]
    assert clean("".join(f"a{char}\n" for char in chars if char not in BREAKS)) == "a\n" * sum(
        char not in BREAKS for char in chars
    )


def test_every_noncharacter_goes() -> None:
    assert clean("".join(chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF))) == ""


@pytest.mark.parametrize(
    "char",
    [
        *("\t", "\n", " ", "\xa0", "\u1680", "\u2002", "\u200a", "\u202f", "\u205f", "\u3000"),
        *("\ufffc", "\ufffd", "\ue000", "\U000f0000", "\u1039", "\u17d2", "\u0e4d", "\U00016fe4"),
        *("\u0600", "\u06dd", "\u070f", "\u08e2", "\U000110bd", "\U00013430"),
    ],
)
def test_a_character_that_is_seen_stays(char: str) -> None:
    assert clean(f"a{char}b") == f"a{char}b"
    assert invisible(f"a{char}b") == set()


@pytest.mark.parametrize("char", [*BREAKS, "\r\n"])
def test_every_kind_of_line_break_becomes_a_newline(char: str) -> None:
    assert clean(f"a{char}b") == "a\nb"
    assert invisible(f"a{char}b") == set()


def test_line_breaks_are_counted_once_and_not_merged() -> None:
    assert clean("a\r\n\r\nb\n\rc\r\u200b\nd") == "a\n\nb\n\nc\nd"


SEQUENCES = {
    "colour": "\x1b[31m",
    "many parameters": "\x1b[38;2;1;2;3m",
    "colon parameters": "\x1b[4:3m",
    "private parameters": "\x1b[?1049h",
    "intermediate byte": "\x1b[0 q",
    "many intermediate bytes": "\x1b[!\"#$%&'p",
    "final byte @": "\x1b[@",
    "final byte ~": "\x1b[200~",
    "parameters after an intermediate byte": "\x1b[ 1m",
    "8-bit CSI": "\x9b31m",
    "OSC to BEL": "\x1b]0;title\x07",
    "OSC to ST": "\x1b]8;;http://example.com\x1b\\",
    "OSC to 8-bit ST": "\x1b]0;title\x9c",
    "OSC over lines": "\x1b]0;title\nmore\nand more\x07",
    "8-bit OSC": "\x9d0;title\x07",
    "DCS": "\x1bPq#0;2;0;0;0\x1b\\",
    "8-bit DCS": "\x90q#0\x9c",
    "SOS": "\x1bXhidden\x1b\\",
    "8-bit SOS": "\x98hidden\x9c",
    "PM": "\x1b^hidden\x1b\\",
    "8-bit PM": "\x9ehidden\x9c",
    "APC": "\x1b_Gf=100;AAAA\x1b\\",
    "8-bit APC": "\x9fhidden\x9c",
    "charset": "\x1b(B",
    "alignment test": "\x1b#8",
    "save cursor": "\x1b7",
    "reset": "\x1bc",
    "lone escape before a letter that ends it": "\x1bM",
    "bell": "\x07",
    "lone ST": "\x9c",
    "cancel and substitute": "\x18\x1a",
    "shift": "\x8f",
    "taken apart by a zero-width space": "\x1b\u200b[3\u200b1m",
    "taken apart by NUL": "\x1b[3\x001m",
    "a link's beginning and end": "\x1b]8;;\x1b\\\x1b]8;;\x07",
}


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
def test_a_terminal_sequence_goes_whole(sequence: str) -> None:
    assert clean(f"before {sequence}after") == "before after"


@pytest.mark.parametrize("final", [chr(number) for number in range(0x40, 0x7F)])
def test_a_csi_sequence_goes_with_every_final_byte(final: str) -> None:
    assert clean(f"a\x1b[1;2{final}z") == "az"
    assert clean(f"a\x9b1;2{final}z") == "az"


@pytest.mark.parametrize(
    "opened", ["\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_", "\x90", "\x98", "\x9d", "\x9e", "\x9f"]
)
def test_a_control_string_that_nothing_ends_swallows_nothing(opened: str) -> None:
    assert clean(f"before {opened}0;title\nafter\nmore") == "before 0;title\nafter\nmore"
    assert clean(f"{opened}0;title\nafter \x1b[31mred\x1b[0m bell\x07") == "0;title\nafter red bell"
    assert clean(f"{opened}0;title\x18rest\x07\n") == "0;titlerest\n"
    assert clean(f"{opened}0;title{opened}0;title\x07") == "0;title"


def test_a_sequence_is_not_put_together_by_the_removal_of_another() -> None:
    assert clean("a\x1b\x1b[31m[32mb") == "a[32mb"


def test_a_csi_sequence_that_nothing_ends_takes_no_text_with_it() -> None:
    assert clean("a\x1b[31\nb\x1b[é") == "a\nbé"


KEPT = {
    "Persian, word-internal": "می\u200cخواهم کتاب\u200cها را بخوانم",
    "Persian, after a letter that does not join": "خبر\u200cها و ما\u200cرا",
    "Persian, after a Latin word": "API\u200cها و PDF\u200cهای",
    "Persian, after a digit": "۲۰\u200cساله و 10\u200cساله",
    "Arabic, an abbreviation": "سنة ١٤٤٥ ه\u200d. و ه\u200d",
    "Urdu": "حیرت\u200cانگیز",
    "Kurdish": "ئه\u200cم",
    "Syriac": "ܐ\u200cܒ",
    "N'Ko": "ߊ\u200dߋ",
    "Thaana": "ހ\u200cށ",
    "Mandaic": "ࡀ\u200cࡁ",
    "Hindi": "क्\u200dष और क्\u200cष",
    "Marathi": "दर्\u200dया",
    "Sanskrit, at the end of a word": "वाक्\u200c ।",
    "Bengali": "র\u200d্যাব উৎস ত্\u200d",
    "Assamese": "ক্\u200cষ",
    "Punjabi": "ਪ੍\u200dਰ",
    "Gujarati": "ક્\u200dષ",
    "Oriya": "କ୍\u200cଷ",
    "Tamil": "க்\u200cஷ",
    "Telugu, at the end of a word": "కంప్యూటర్\u200c లో",
    "Kannada": "ಕ್\u200cಷ ರ\u200d್ಕ",
    "Malayalam, chillu": "അവന്\u200d വന്നു",
    "Sinhala": "ශ්\u200dරී ලංකා",
    "Burmese": "က္\u200cက",
    "Khmer": "ក្\u200cក",
    "Mongolian": "ᠠ\u200dᠠ",
    "Balinese": "ᬓ᭄\u200cᬓ",
    "Javanese": "ꦏ꧀\u200cꦏ",
    "Phags-pa": "ꡀ\u200dꡁ",
    "Tifinagh": "ⴰ\u200dⴱ",
    "Manichaean": "𐫀\u200d𐫁",
    "Old Hungarian": "𐲀\u200d𐲁",
    "Brahmi": "𑀓𑁆\u200d𑀓",
    "Adlam": "𞤀\u200d𞤁",
    "Rohingya": "𐴀\u200c𐴁",
    "Arabic presentation forms": "ﭐ\u200cﭑ ﷲ\u200cﹰ",
    "Cham and Meetei": "ꨀ\u200dꨁ ꯀ\u200dꯁ",
    "Saurashtra": "ꢀ\u200dꢁ",
    "Limbu": "ᤀ\u200dᤁ",
    "Vedic marks": "᳐\u200dक",
    "family": "👨\u200d👩\u200d👧\u200d👦",
    "skin tone and profession": "👩🏽\u200d🚀",
    "gender": "🏃🏿\u200d♀️",
    "hair": "👩\u200d🦰 👨🏻\u200d🦲",
    "rainbow and transgender flags": "🏳️\u200d🌈 🏳️\u200d⚧️",
    "pirate flag": "🏴\u200d☠️",
    "heart on fire": "❤️\u200d🔥",
    "kiss": "👩\u200d❤️\u200d💋\u200d👨",
    "head shaking": "🙂\u200d↔️",
    "black bird": "🐦\u200d⬛",
    "text presentation": "☎︎ ❤︎ ✈︎",
    "emoji presentation": "☎️ ©️ ™️ ℹ️ ↔️ ⚠️ 〰️ ㊙️ ‼️ 🅰️",
    "keycaps": "1️⃣ #️⃣ *️⃣ 0︎",
    "flags": "🇩🇪🇮🇷🇮🇳",
    "ideographic variation": "葛\U000e0100城市 辻\U000e0101 𠮷\U000e01ef",
    "compatibility ideographs": "切\ufe00 﨑\ufe01 㐀\ufe02",
    "mathematics": "∩\ufe00∪\ufe00≨\ufe00⋚\ufe00⊕\ufe00⪬\ufe00 ∅\ufe00 0\ufe00",
    "script letters": "ℬ\ufe00 ℬ\ufe01 𝒜\ufe01",
    "punctuation of East Asia": "。\ufe00、\ufe01！\ufe00",
    "Myanmar dotted forms": "\u1000\ufe00",
    "Phags-pa variant": "\ua856\ufe00",
    "Manichaean variant": "\U00010ac5\ufe00",
    "hieroglyphs": "\U00013091\ufe00\U00013117\ufe02\U00013443\ufe00",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_a_joiner_or_selector_that_is_needed_stays(text: str) -> None:
    assert clean(text) == text
    assert invisible(text) == set()


STANDARDIZED = {
    # StandardizedVariants.txt of Unicode 15 but ideographs, hieroglyphs, Mongolian; the quotes of Unicode 16.
    "\ufe00": """
        30 1000 1002 1004 1010 1011 1015 1019 101A 101C 101D 1022 1031 1075 1078 107A 1080 2018 2019 201C 201D 210B
        2110 2112 211B 212C 2130 2131 2133 2205 2229 222A 2268 2269 2272 2273 228A 228B 2293 2294 2295 2297 229C 22DA
        22DB 2A3C 2A3D 2A9D 2A9E 2AAC 2AAD 2ACB 2ACC 3001 3002 A856 A85C A85E A85F A860 A868 AA60 AA61 AA62 AA63 AA64
        AA65 AA66 AA6B AA6C AA6F AA7A FF01 FF0C FF0E FF10 FF1A FF1B FF1F 10AC5 10AC6 10AD6 10AD7 10AE1 1D49C 1D49E
        1D49F 1D4A2 1D4A5 1D4A6 1D4A9 1D4AA 1D4AB 1D4AC 1D4AE 1D4AF 1D4B0 1D4B1 1D4B2 1D4B3 1D4B4 1D4B5
    """,
    "\ufe01": """
        2018 2019 201C 201D 210B 2110 2112 211B 212C 2130 2131 2133 3001 3002 FF01 FF0C FF0E FF1A FF1B FF1F 1D49C
        1D4B5
    """,
}
"""Bases, in hexadecimal, of each selector."""


@pytest.mark.parametrize("selector", STANDARDIZED)
def test_every_standardized_sequence_stays(selector: str) -> None:
    sequences = [chr(int(base, 16)) + selector for base in STANDARDIZED[selector].split()]
    assert [sequence for sequence in sequences if clean(sequence) != sequence] == []


@pytest.mark.parametrize("base", [*"\u3400\u4dbf\u4e00\u9fff\ufa0e\ufa29\U00020000\U0003fffd"])
def test_ideographs_of_every_block_have_variants(base: str) -> None:
    assert clean(f"{base}\U000e0100") == f"{base}\U000e0100"


JOINING = """
    0610 061A 0628 0712 0750 0780 07CA 0840 0860 08A0 0905 0985 0A05 0A85 0B05 0B85 0C05 0C85 0D05 0D85 0DF3 1000 1780
    17B3 17B6 17D2 1807 1820 1900 1A20 1B05 1B83 1BC0 1C00 1CD0 2D30 2D7F
    A840 A882 A8F2 A930 A984 A9E0 AA00 AA60 AAE0 ABC0 FB50 FDF2 FE70 FEFC 10A00
    10AC0 10B80 10C80 10D00 10EC2 10F30 11005 11083 11103 11480 11F04 1E900
"""
"""Letters and marks, in hexadecimal, of scripts that join or conjoin."""


@pytest.mark.parametrize("letter", [chr(int(letter, 16)) for letter in JOINING.split()])
@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_a_joiner_beside_a_letter_that_joins_stays(letter: str, joiner: str) -> None:
    for text in (f"{letter}{joiner}{letter}", f"{letter}{joiner} a", f"a{joiner}{letter}"):
        assert clean(text) == text


GONE = {
    "joiner between Latin letters": ("pass\u200dword ex\u200cit", "password exit"),
    "joiner between Cyrillic letters": ("па\u200dроль", "пароль"),
    "joiner at the beginning": ("\u200da \u200c", "a "),
    "joiner between digits": ("1\u200d2\u200c3", "123"),
    "joiner between Persian digits": ("\u06f1\u200d\u06f2\u200c\u06f3", "\u06f1\u06f2\u06f3"),
    "joiner after a Persian digit": ("\u06f3\u200d\u2669", "\u06f3\u2669"),
    "joiner between ideographs": ("漢\u200d字", "漢字"),
    "non-joiner between emoji": ("👩\u200c💻", "👩💻"),
    "joiner after an emoji": ("😀\u200d and 😀\u200d", "😀 and 😀"),
    "joiner before an emoji": ("a\u200d😀", "a😀"),
    "joiner before a skin tone": ("👩\u200d🏽", "👩🏽"),
    "joiner between flags": ("🇩🇪\u200d🇮🇷", "🇩🇪🇮🇷"),
    "joiner after a keycap": ("1️\u200d😀", "1️😀"),
    "run in Persian": ("می\u200c\u200c\u200c\u200cروم", "می\u200cروم"),
    "run of both kinds": ("می\u200c\u200d\u200c\u200dروم", "می\u200cروم"),
    "run at the end of a Persian word": ("می\u200c\u200c a", "می\u200c a"),
    "run before a Persian word": ("a \u200c\u200cمی", "a \u200cمی"),
    "run in a family": ("👩\u200d\u200d\u200d💻", "👩\u200d💻"),
    "run of both kinds in a family": ("👩\u200c\u200d💻", "👩\u200d💻"),
    "run apart by something invisible": ("می\u200c\u200b\u200cروم", "می\u200cروم"),
    "joiner beside something invisible": ("می\u200b\u200c\ufeffروم", "می\u200cروم"),
    "bytes after an emoji": ("😀" + "".join(map(chr, range(0xE0148, 0xE0160))), "😀"),
    "bytes after a letter": ("a\ufe0f\ufe00\U000e0101", "a"),
    "bytes after an ideograph": ("漢\U000e0101\U000e0102\U000e0103", "漢\U000e0101"),
    "two selectors": ("❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f"),
    "selector of another kind first": ("❤\ufe00\ufe0f", "❤\ufe0f"),
    "selector after a chess king": ("♔\ufe0f", "♔"),
    "selector after a skin tone": ("👋🏽\ufe0f", "👋🏽"),
    "selector after a joiner": ("👩\u200d\ufe0f💻", "👩\u200d💻"),
    "selector alone": ("\ufe0f", ""),
    "selector after a space": (" \ufe0f\U000e0100", " "),
    "selector 1 after an emoji": ("😀\ufe00", "😀"),
    "selector 4 after an ideograph": ("漢\ufe03", "漢"),
    "selector 2 after a sign of mathematics": ("∩\ufe01", "∩"),
    "selector 3 after a script letter": ("ℬ\ufe02", "ℬ"),
    "ideographic selector after kana": ("か\U000e0100", "か"),
    "emoji selector after an ideograph": ("漢\ufe0f", "漢"),
    "tags of a flag": ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴"),
    "Mongolian selector": ("ᠠ\u180bᠠ\u180e", "ᠠᠠ"),
    "Hangul fillers among jamo": ("\u1112\u115f\u1161\u1160\u11ab", "\u1112\u1161\u11ab"),
}


@pytest.mark.parametrize(("text", "left"), GONE.values(), ids=GONE)
def test_a_joiner_or_selector_that_nothing_needs_goes(text: str, left: str) -> None:
    assert clean(text) == left
    assert invisible(text) != set()
    assert invisible(left) == set()


def test_a_run_of_a_million_joiners_is_one() -> None:
    assert clean("م" + "\u200c" * 1_000_000 + "ن") == "م\u200cن"
    assert clean("😀" + "\u200d\ufe0f" * 500_000 + "x") == "😀\ufe0fx"


def test_a_million_zero_width_characters_are_nothing() -> None:
    assert clean("a" + "\u200b" * 1_000_000 + "b") == "ab"
    assert clean("a\u200b" * 100_000) == "a" * 100_000


def test_positions_are_those_of_the_original() -> None:
    assert invisible("a\u202eb\u200b\u200bc👩\u200d💻م\u200c\u200cن\x1b[0m") == {1, 3, 4, 10, 11, 13}


def test_the_pictures_are_as_many_as_unicode_has() -> None:
    """Extended_Pictographic of emoji-data.txt has 2,830 code points: none is missing, and none is one too many."""
    pictures = [item.partition("-") for item in characters._EMOJI.split()]  # noqa: SLF001 - nobody else needs the table
    assert sum(int(end or start, 16) - int(start, 16) + 1 for start, _, end in pictures) == 2830
