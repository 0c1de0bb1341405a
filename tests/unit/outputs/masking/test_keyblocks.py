"""Private keys are masked with their frame, without its end, and behind whatever their lines begin with."""

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.redact import Redactor

CHANCE = seeded(32)
LINES = [draw("{s64}", CHANCE) for _ in range(3)] + [draw("{s30}", CHANCE)]
BEGIN, END = "-----BEGIN PRIVATE " + "KEY-----", "-----END PRIVATE " + "KEY-----"
PLAIN = Redactor()


def left(masked: str, lines: list[str]) -> list[str]:
    """Return what is left of the lines of a key."""
    return [line for line in lines if any(line[at : at + 8] in masked for at in range(max(1, len(line) - 7)))]


@pytest.mark.parametrize(
    "start", ["", "  ", "> ", "| ", "# ", "* ", "+", "-", "; ", ": ", '"', "'", "`", "\\n", "\\r\\n", ", ", "("]
)
@pytest.mark.parametrize("stop", ["", '\\n"', "',", ")", " \\"])
def test_a_key_that_is_cut_off_is_masked_as_far_as_its_lines_go(start: str, stop: str) -> None:
    text = "\n".join(f"{start}{line}{stop}" for line in (BEGIN, *LINES))
    masked = PLAIN.text(f"it is\n{text}\n\nother words")
    assert left(masked, LINES) == []
    assert masked.startswith("it is\n")
    assert masked.endswith("other words")


HEADERS = (
    "Proc-Type: 4,ENCRYPTED",
    "DEK-Info: AES-128-CBC,00",
    "Version: 1.2 (x)",
    "Comment: my key, please",
    "Hash: SHA512 or so",
    "Charset: utf-8 as ever",
)


@pytest.mark.parametrize("header", HEADERS)
def test_so_is_one_with_a_header(header: str) -> None:
    assert left(PLAIN.text("\n".join((BEGIN, header, "", *LINES))), LINES) == []


@pytest.mark.parametrize("last", ["abcdeF12=", "a+/=="])
def test_a_short_last_line_with_its_padding_belongs_to_the_key(last: str) -> None:
    assert PLAIN.text("\n".join((BEGIN, *LINES[:3], last, "words"))) == "[REDACTED:private-key]\nwords"


def test_so_does_the_checksum_of_a_pgp_key() -> None:
    begin = "-----BEGIN PGP PRIVATE " + "KEY BLOCK-----"
    assert PLAIN.text("\n".join((begin, "", *LINES, "=q/X9", "words"))) == "[REDACTED:private-key]\nwords"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["QmFzZxZpKqWvRtYb", "KqWvRtYbQmFzZxZp"], id="letters alone"),
        pytest.param([line[at : at + 10] for line in ("a1B2c3D4e5f6G7h8I9j0",) for at in (0, 10)], id="narrow lines"),
    ],
)
def test_a_key_may_have_lines_of_any_width(lines: list[str]) -> None:
    assert PLAIN.text("\n".join((BEGIN, *lines, END, "x"))) == "[REDACTED:private-key]\nx"


def test_the_end_of_another_key_is_not_the_end_of_this_one() -> None:
    masked = PLAIN.text("\n".join((END, "words", BEGIN, *LINES)))
    assert masked == f"{END}\nwords\n[REDACTED:private-key]"


@pytest.mark.parametrize("name", ["MAC", "Hash"])
def test_the_checksum_of_a_putty_key_is_masked(name: str) -> None:
    assert PLAIN.text(f"Private-{name}: {'0a1b' * 10}\n") == f"Private-{name}: [REDACTED:putty-key]\n"


@pytest.mark.parametrize(
    "text",
    [f"{BEGIN}\n...\n{END}\nwords", f"if {BEGIN!r} in text: return", f"{BEGIN}\n\nas a first line, then {END}", BEGIN],
)
def test_a_frame_around_nothing_stays(text: str) -> None:
    assert PLAIN.text(text) == text
