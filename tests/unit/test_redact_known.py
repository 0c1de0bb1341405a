"""Values that the process knows itself are masked in every form in which they are written; words never are."""

import base64
import html
import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.tokens import draw, seeded
from proposer.outputs.redact import Redactor

CHANCE = seeded(3)
VALUES = {
    "token": draw("{a40}", CHANCE),
    "marks": "p/a+s=s%w'o\"r$d&<x>!\\n`y` {z}",
    "words": "correct horse battery staple",
    "letters": "pässwörd-ключ-😀",
    "hex": draw("{h40}", CHANCE),
    "lines": "first line of it\nsecond line of it\nthird one, too",
}


def _shifted(shift: int, *, coder: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda value: coder(b"user:"[:shift] + value.encode() + b"!").decode()


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 without padding": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "base64 shifted by one": _shifted(1),
    "base64 shifted by two": _shifted(2),
    "base64 shifted by four": _shifted(4),
    "URL-safe base64": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "URL-safe base64, shifted": _shifted(2, coder=base64.urlsafe_b64encode),
    "base64 on many lines": lambda value: base64.encodebytes(b"some text before it, " * 2 + value.encode()).decode(),
    "base64 twice": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "base64 of UTF-16": lambda value: base64.b64encode(value.encode("utf-16-le")).decode(),
    "base64 of the reverse": lambda value: base64.b64encode(value[::-1].encode()).decode(),
    "reversed base64": lambda value: base64.b64encode(value.encode()).decode()[::-1],
    "base32": lambda value: base64.b32encode(value.encode()).decode(),
    "YAML": lambda value: value.replace("'", "''"),
    "a list of bytes": lambda value: ", ".join(f"0x{byte:02x}" for byte in value.encode()),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "hex with colons": lambda value: value.encode().hex(":"),
    "hex with blanks": lambda value: value.encode().hex(" "),
    "reversed": lambda value: value[::-1],
    "JSON": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "ASCII JSON": lambda value: json.dumps(value)[1:-1],
    "JSON in JSON": lambda value: json.dumps(json.dumps(value)),
    "JSON in JSON in JSON": lambda value: json.dumps(json.dumps(json.dumps(value))),
    "JSON with slashes": lambda value: json.dumps(value)[1:-1].replace("/", "\\/"),
    "all JSON escapes": lambda value: "".join(map(_escaped, value)),
    "URL": lambda value: quote(value, safe=""),
    "URL path": quote,
    "URL form": quote_plus,
    "url in small letters": lambda value: re.sub("%[0-9A-F]{2}", lambda m: m[0].lower(), quote(value, safe="")),
    "every character of the URL": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "partly a URL": lambda value: value.replace("e", "%65").replace("o", "%6F").replace("a", "%61"),
    "URL twice": lambda value: quote(quote(value, safe=""), safe=""),
    "XML": escape,
    "XML attribute": lambda value: quoteattr(value)[1:-1],
    "HTML": html.escape,
    "HTML codes": lambda value: "".join(f"&#{ord(char)};" for char in value),
    "HTML hex codes": lambda value: "".join(f"&#x{ord(char):x};" for char in value),
    "shell, single quotes": shlex.quote,
    "shell, double quotes": lambda value: '"' + re.sub(r'(["$`\\])', r"\\\1", value) + '"',
    "PowerShell": lambda value: '"' + re.sub(r'(["$`])', r"`\1", value) + '"',
    "doubled quotes": lambda value: '"' + value.replace('"', '""') + '"',
    "shell, backslashes": lambda value: re.sub(r"([^\w\n])", r"\\\1", value),
    "zero-width spaces": "\u200b".join,
    "colours": lambda value: f"{value[:7]}\x1b[31m{value[7:]}\x1b[0m",
    "NUL": lambda value: f"{value[:7]}\0{value[7:]}",
    "a line break": lambda value: f"{value[:9]}\n{value[9:]}",
    "an indented line break": lambda value: f"{value[:9]}\r\n      {value[9:]}",
    "a line break, early": lambda value: f"{value[:3]}\n{value[3:]}",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_masked_in_every_form(name: str, form: str) -> None:
    value = VALUES[name]
    written = FORMS[form](value)
    masked = Redactor([value]).text(f"it is {written} here")
    assert "[REDACTED:value]" in masked
    rest = re.sub(r"\[REDACTED:value\]", "", masked.removeprefix("it is ").removesuffix(" here"))
    # What may be left of it: quotes, padding, escapes and, beside base64, the code of other text.
    if "base64" not in form:
        assert len(re.sub(r"[\W_]|x1b|0m|31m", "", rest)) <= (8 if name == "lines" or "hex" in form.lower() else 0), (
            masked
        )


@pytest.mark.parametrize("form", FORMS)
def test_a_value_in_a_json_document_is_masked_in_every_form(form: str) -> None:
    value = VALUES["token"]
    written = FORMS[form](value)
    line = Redactor([value]).jsonl(json.dumps({"a": [written], written: 1}))
    assert list(json.loads(line)) != ["a", written]
    assert json.loads(line)["a"] != [written]


def test_an_indented_value_of_many_lines_is_masked() -> None:
    value = VALUES["lines"]
    assert "line" not in Redactor([value]).text("key: |\n" + "".join(f"    {line}\n" for line in value.splitlines()))


@given(st.text(min_size=10, max_size=40), st.text(max_size=30), st.text(max_size=30))
def test_any_value_is_masked_anywhere(value: str, before: str, after: str) -> None:
    value = f"k3y{value}"
    masked = Redactor([value]).text(f"{before}{value}{after}")
    assert value not in masked
