"""References and the words that close what they name: each word, each kind of glue, each standard by itself."""

import pytest

from proposer.reports.references import closing, references
from proposer.reports.safe import markdown

WORDS = (
    "close closes closed closing fix fixes fixed fixing resolve resolves resolved resolving"
    " implement implements implemented implementing"
)
NOUNS = ["issue", "bug", "ticket", "epic", "pr", "mr", "pull request", "merge request"]
STANDARDS = (
    "ADR-12 AES-256 ASCII-7 BASE-64 COVID-19 CP-1252 CSS-3 CVE-2024 CWE-79 ECMA-262 ED-25519 EN-301 ES-2015 FIPS-140"
    " GMT-5 GPT-4 HTML-5 HTTP-2 IEEE-754 ISO-4217 LATIN-1 MD-5 NIST-800 PCI-4 PEP-8 PKCS-12 RFC-3339 RSA-2048 SEC-1"
    " SHA-256 SOC-2 SSL-3 TLS-13 UCS-2 UTC-8 UTF-8 WCAG-2 WIN-32"
)


@pytest.mark.parametrize("word", [*WORDS.split(), "duplicate of", "duplicate\tof", "Closes", "FIXED"])
def test_each_word_that_closes_disarms_what_it_names(word: str) -> None:
    assert markdown(f"x {word} #12") == f"x {word} `#12`"


@pytest.mark.parametrize("word", ["closet", "prefix", "fixture", "resolver", "implementation", "duplicated"])
def test_a_word_that_only_looks_like_it_disarms_nothing(word: str) -> None:
    assert markdown(f"x {word} #12") == f"x {word} #12"


@pytest.mark.parametrize("noun", [*NOUNS, *(f"{noun}s" for noun in NOUNS), "Issue", "MRs"])
def test_a_noun_may_stand_between(noun: str) -> None:
    assert markdown(f"fixes {noun} #12") == f"fixes {noun} `#12`"
    assert markdown(f"fixes the {noun} #12") == f"fixes the {noun} #12"


@pytest.mark.parametrize("glue", [":", " ", ": ", "*", " _", " ~~", ' "', " '", " (", "\n", " [", " **["])
def test_marks_may_stand_between(glue: str) -> None:
    assert "`#12`" in markdown(f"fixes{glue}#12")


@pytest.mark.parametrize("more", [
    ", ", "; ", " & ", "/", " + ", " and ", " or ", ", and ", ", or ", " AND ", " ",
    "** and **", "** or **", "~~, ~~", "] and [",
])  # fmt: skip
def test_what_is_named_beside_it_is_closed_too(more: str) -> None:
    assert markdown(f"fixes #12{more}#34").count("`#") == 2


@pytest.mark.parametrize("more", [" but ", " after ", ". ", " andes "])
def test_what_is_only_mentioned_later_is_not(more: str) -> None:
    assert markdown(f"fixes #12{more}#34") == f"fixes `#12`{more}#34"


@pytest.mark.parametrize("reference", [
    "#12", "!12", "GH-12", "gh-12", "o/r#12", "g/s/p!12", "ABC-12", "A_B2-7", "#12ab", "gh-12ab", "[issue:12]",
    "[work_item:g/p/12]", "https://tracker.example/o/r/issues/12", "https://tracker.example/o/r/pull/12",
    "https://tracker.example/o/r/merge_requests/12", "https://tracker.example/o/r/work_items/12",
    "https://tracker.example/g/epics/12", "http://tracker.example/o/r/issues/12#note_3",
])  # fmt: skip
def test_every_kind_of_reference_is_closed_by_a_word(reference: str) -> None:
    assert f"`{reference}`" in markdown(f"fixes {reference}")


@pytest.mark.parametrize("name", STANDARDS.split())
def test_a_standard_is_no_reference(name: str) -> None:
    assert markdown(f"fixes {name}") == f"fixes {name}"


@pytest.mark.parametrize("name", ["ABC-x", "A-1", "abc-1", "ABC-12x", "ABC-", "#x", "12"])
def test_what_names_nothing_stays(name: str) -> None:
    assert markdown(f"fixes {name}") == f"fixes {name}"


FOUND = {
    "an issue": ("see #12 now", ["#12"]),
    "a wide number sign": ("see \uff0312 now", ["\uff0312"]),
    "a merge request": ("see !12", ["!12"]),
    "an epic": ("see &12", ["&12"]),
    "with its project": ("see a/b.c_d-e#12", ["a/b.c_d-e#12"]),
    "a path that starts with a sign": ("see ./a#12", ["a#12"]),
    "a commit of a project": ("o/r@0a1b2c3", ["o/r@0a1b2c3"]),
    "a short name": ("GH-12 gh-3", ["GH-12", "gh-3"]),
    "an ending underscore": ("_#12_", ["#12"]),
    "kinds in brackets": (
        "[issue:1] [work_item:1] [epic:1] [merge_request:1] [snippet:1] [vulnerability:1]",
        ["[issue:1]", "[work_item:1]", "[epic:1]", "[merge_request:1]", "[snippet:1]", "[vulnerability:1]"],
    ),
    "two side by side": ("a#1#2", ["a#1", "#2"]),
    "letters after the number": ("#12a !1b &2c GH-1x", []),
    "a comparison": ("a<!12 b>&12", []),
    "a name of another kind": ("[other:1]", []),
    "too few digits of a commit": ("o/r@0a1b2c", []),
    "a hash of more letters": ("o/r@0a1b2c3x", []),
    "inside a word": ("ugh-12", []),
    "a kind around code": ("[issue:g/p\x00\x00]", []),
}


@pytest.mark.parametrize(("text", "found"), FOUND.values(), ids=FOUND.keys())
def test_references_are_found(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in references(text)] == found


@pytest.mark.parametrize(("text", "closed"), [
    ("fixes https://e.example/o\x00\x00/issues/12", []),
    ("fixes https://e.example/o|x/issues/12", []),
    ("fixes https://e.example/issues/1|2", ["https://e.example/issues/1"]),
    ("fixes https://e.example/issues/1\x00/2", ["https://e.example/issues/1"]),
])  # fmt: skip
def test_code_and_the_border_of_a_cell_end_an_address(text: str, closed: list[str]) -> None:
    assert [text[start:end] for start, end in closing(text, {})] == closed
