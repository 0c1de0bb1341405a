import html
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hidden import ENTITIES, PIECES, decoded, encoded, range_of
from proposer.inputs.entities import shadow_of
from proposer.inputs.untrusted import clean

HIDING = {
    "hexadecimal": "&#x200b;",
    "hexadecimal in capitals": "&#X200B;",
    "decimal": "&#8203;",
    "leading zeros": "&#x0000000000200b;",
    "decimal with leading zeros": "&#0000008203;",
    "ten thousand leading zeros": f"&#{'0' * 10_000}8203;",
    "name": "&ZeroWidthSpace;",
    "names that do not say it": "&NegativeThinSpace;&NegativeMediumSpace;&NegativeThickSpace;&NegativeVeryThinSpace;",
    "joiners": "&zwj;&zwnj;",
    "marks": "&lrm;&rlm;",
    "soft hyphen": "&shy;",
    "soft hyphen without semicolon": "&shy",
    "operators": "&NoBreak;&ApplyFunction;&af;&InvisibleTimes;&it;&InvisibleComma;&ic;",
    "tag": "&#xe0041;",
    "selector": "&#xfe0f;&#xe0100;",
    "null": "&#0;",
    "control": "&#8;&#x1f;",
    "delete": "&#127;",
    "C1 that Windows-1252 does not have": "&#x81;&#141;&#143;&#144;&#157;",
    "surrogate": "&#xd800;&#57343;",
    "noncharacter": "&#xfffe;&#xfdd0;",
    "terminal sequence": "&#27;[31m&#x1b;]0;t&#7;",
    "twice": "&amp;#x200b;",
    "three times": "&amp;amp;#x200b;",
    "fifty times": "&" + "amp;" * 50 + "#x200b;",
    "twice, by number": "&#38;#x200b;",
    "three times, by number": "&#x26;amp;#8203;",
    "twice, capitals": "&AMP;#x200b;",
    "twice, without semicolon": "&amp#x200b;",
    "twice, name after name": "&ampzwj;",
    "number sign by number": "&&#35;x200b;",
    "letter by number": "&#&#120;200b;",
    "letter by name": "&&#122;wj;",
    "semicolon by number": "&zwj&#59;",
    "last digit by number, in the next round": "&amp;#x200&#98;;",
    "apart by a comment": "&#x20<!-- -->0b;",
    "apart by a zero-width space": "&#x2\u200b00b;",
    "apart by a name that hides": "&#x20&zwj;0b;",
    "apart by a soft hyphen without semicolon": "&am&shy;p;#x200b;",
    "apart by a terminal sequence": "&#x2\x1b[0m00b;",
    "apart by what HTML drops": "&am&#xfffe;p;#x200b;",
    "apart by a number that HTML drops": "&am&#1;p;#x200b;",
    "apart by a comment by entities": "&#x20&lt;!-- --&gt;0b;",
    "apart many times": "&#x<!-- -->2<!-- -->0<!-- -->0<!-- -->b<!-- -->;",
    "apart in layers": "&#x2<!-<!-- -->- -->0&#x200b;0b;",
}


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING)
def test_what_an_entity_hides_goes(text: str) -> None:
    assert clean(f"a {text} b") == "a  b"


@pytest.mark.parametrize("text", ["&#x200b", "&#8203", "&shy", "&#x200b<b>", "&#8203 9", "&#x200bg"])
def test_an_entity_needs_no_semicolon(text: str) -> None:
    assert clean(text) == text.removeprefix("&#x200b").removeprefix("&#8203").removeprefix("&shy")


INNOCENT = [
    "a &lt; b &amp;&amp; c &gt; d",
    "&nbsp;&ensp;&ThickSpace;&hairsp;&Tab;&NewLine;&#10;&#9;&#xa0;",
    "&amp;lt; &amp;amp;lt; &amp;amp;amp;lt;",
    "https://example.com/?a=1&copy=2&lt=3&region=4&section=5&times=6",
    "AT&T R&D a&b &x; &; & &# &#; &#x; &#xg; &amp",
    "&mut self, &'a str, &str, &[u8], &&x",
    "&eacute; &#233; &#xe9; &hearts; &#x1F600; &#105;gnore",
    "می&zwnj;روم &#1605;&zwnj;&#1606; 👩&zwj;💻 &#x1F469;&#x200D;&#x1F4BB; ❤&#xfe0f;",
    "&caps; &cups; &lesg; &NotEqualTilde; &nvlt;",
    "&#x200bc; &#82031; &#x110000; &#99999999999;",
    "&zwjx; &zwj &lrm &zw;",
    "&#x200 b;",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_entity_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It&#146;s", "It\u2019s"),
        ("&#x93;x&#x0094;", "\u201cx\u201d"),
        ("&amp;#150;", "\u2013"),
        ("c&#156;ur &#133;", "c\u0153ur \u2026"),
        ("&#155;31m", "\u203a31m"),
    ],
)
def test_a_number_of_windows_1252_is_written_as_browsers_show_it(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a&#13;\nb", "a\nb"),
        ("a&#13;b", "a\nb"),
        ("a&#x2028;b&#12;c&#x0b;d&#8233;e", "a\nb\nc\nd\ne"),
        ("a&#x85;b", "a\u2026b"),
    ],
)
def test_a_line_break_by_an_entity_becomes_a_newline(text: str, left: str) -> None:
    assert clean(text) == left


def test_what_is_between_hidden_entities_stays_as_it_is() -> None:
    assert clean("a &lt; &#x200b;&amp;&#8203; b &amp;amp;&zwj; c") == "a &lt; &amp; b &amp;amp; c"


def test_an_entity_nested_too_deep_to_follow_is_none_any_more() -> None:
    assert clean("a &" + "amp;" * 60 + "lt; b") == "a &" + "amp;" * 60 + "lt; b"
    for inside in ("lt;", "#x200b;"):
        left = clean("a &" + "amp;" * 1000 + f"{inside} b")
        assert "&" not in left
        assert clean(left) == left


def test_a_shadow_is_what_the_standard_library_decodes_round_after_round() -> None:
    text = "&amp;#x41;&lt&amp;amp;lt;&#&#52;9;&notit;&not;&ampeacute;x&amp;#x200&#98;;"
    shadow = shadow_of(text)
    assert shadow is not None
    assert shadow.text == decoded(text)
    assert shadow.buried == []


def test_a_number_beyond_unicode_is_the_replacement_character() -> None:
    for text in ("&#x110000;", "&#1114112;", "&#99999999;", f"&#{'9' * 5000};"):
        shadow = shadow_of(text)
        assert shadow is not None
        assert shadow.text == "\ufffd"
        assert clean(text) == text


def test_a_text_without_entities_has_no_shadow() -> None:
    assert shadow_of("a & b &x; &#;") is None


@given(st.lists(st.sampled_from([*PIECES, *ENTITIES])), st.randoms(use_true_random=False), st.integers(0, 2))
def test_a_shadow_is_the_fixed_point_of_the_standard_library(pieces: list[str], choice: Random, levels: int) -> None:
    text = encoded("".join(pieces), choice, levels)
    shadow = shadow_of(text)
    mine, theirs = shadow.text if shadow else text, decoded(text)
    # Where a number stands for nothing that may be in a text, HTML drops or replaces it; a shadow does not.
    assert mine == theirs or any(range_of(ord(char)) or char == "\ufffd" for char in mine + theirs)


def test_every_name_stays_but_those_that_hide() -> None:
    gone = {name for name in html.entities.html5 if name.endswith(";") and clean(f"a &{name} b") != f"a &{name} b"}
    assert {html.unescape(f"&{name}") for name in gone} == {
        *"\u200b\u200c\u200d\u200e\u200f\xad\u2060\u2061\u2062\u2063"
    }
    assert {clean(f"a &{name} b") for name in gone} == {"a  b"}
    assert len(gone) == 17
