"""What base64 and hexadecimal wrap is searched wherever it is text, in every encoding of text; what is none stays."""

from base64 import b64encode

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.redact import Redactor

CHANCE = seeded(31)
TOKEN = draw("ghp_{a36}", CHANCE)
PLAIN = Redactor()
TEXTS = {
    "a tab": f"user\t{TOKEN} and more",
    "a line break": f"\nfirst line\n{TOKEN} and more",
    "a carriage return": f"a\rb {TOKEN} and more",
    "umlauts": f"Schlüssel für alle Fälle: {TOKEN}",
    "Cyrillic": f"ключ от всех замков это {TOKEN}",
    "Chinese": f"所有门的钥匙就是下面这个字符串 {TOKEN}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_token_in_a_text_that_is_wrapped_is_masked(name: str) -> None:
    coded = b64encode(TEXTS[name].encode())
    for text in (coded.decode(), f"xx{coded.decode()}", TEXTS[name].encode().hex(), b64encode(coded).decode()):
        assert "[REDACTED:github]" in PLAIN.text(f"see {text} here")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("before", ["", "Schlüßel, höchstens für Ärzte: "], ids=["plain", "umlauts"])
def test_so_is_one_in_another_encoding(encoding: str, before: str) -> None:
    """As PowerShell's -EncodedCommand, which is UTF-16."""
    data = f"{before}$t = '{TOKEN}'".encode(encoding)
    assert "[REDACTED:github]" in PLAIN.text(f"powershell -EncodedCommand {b64encode(data).decode()}")
    assert "[REDACTED:github]" in PLAIN.text(data.hex())


def test_a_value_that_is_not_ascii_is_found_as_bytes_are_shown() -> None:
    value = "pässwörd-ключ-😀"
    shown = "".join(f"\\x{byte:02x}" for byte in value.encode())
    assert Redactor([value]).text(f"b'{shown}'") == "b'\\x[REDACTED:value]'"


@pytest.mark.parametrize("text", ["plain words and nothing else", "Schlüssel für alle Fälle", "ключ от всех замков"])
def test_a_wrapped_text_without_secrets_stays(text: str) -> None:
    for coded in (b64encode(text.encode()).decode(), b64encode(text.encode("utf-16")).decode(), text.encode().hex()):
        assert PLAIN.text(f"see {coded} here") == f"see {coded} here"
