"""Each format and shape of a token has a made-up one, which is masked wherever it stands, and is needed for it."""

import pytest

from corpus.places import Case, cases
from corpus.tokens import draw, seeded, tokens
from proposer.outputs.masking import formats
from proposer.outputs.masking.runs import Runs
from proposer.outputs.masking.tokens import Tokens
from proposer.outputs.redact import Redactor

PLAIN = Redactor()
TOKENS = list(tokens())
ADDRESSED = {"azure-sas", "slack-hook", "discord-hook", "teams-hook", "zapier-hook"}
CASES = [case for case in cases() if case.rule in ADDRESSED]


@pytest.mark.parametrize(("rule", "token"), TOKENS, ids=[f"{rule}-{token[:10]}" for rule, token in TOKENS])
def test_a_token_is_masked_wherever_it_stands(rule: str, token: str) -> None:
    for before, after in (
        ("", ""),
        ("see ", " here"),
        ('x = "', '"'),
        ("a\\n", "\\nb"),
        ("`", "`"),
        (">", "<"),
        ("?t=", "&u=1"),
    ):
        assert PLAIN.text(f"{before}{token}{after}") == f"{before}[REDACTED:{rule}]{after}"


GLUED = [
    *(row for row in TOKENS for form in formats.FORMATS if form.glued and row[0] == form.rule
      and row[1].startswith(tuple(form.prefixes.split()))),
    *(row for row in TOKENS if row[0] == "jwt"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "token"), GLUED, ids=[f"{rule}-{token[:10]}" for rule, token in GLUED])
def test_a_token_of_a_rare_form_is_masked_behind_a_word_too(rule: str, token: str) -> None:
    for word in ("x", "key", "export7", "wrong_"):
        assert PLAIN.text(f"see {word}{token} here") == f"see {word}[REDACTED:{rule}] here"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.secret[:12])
def test_a_token_that_stands_in_its_address_is_masked(case: Case) -> None:
    assert PLAIN.text(case.text) == case.masked


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\n  ", "\\n", "\\r\\n", " "], ids=ascii)
@pytest.mark.parametrize("last", ["{s30}==", "{a62}", "{s63}="])
def test_the_body_of_a_private_key_is_masked_to_its_last_line(line_break: str, last: str) -> None:
    lines = [draw(line, seeded(4)) for line in ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{s32}", "{s64}", "{s64}", last)]
    assert PLAIN.text(f"key: {line_break.join(lines)}, so") == "key: [REDACTED:key-body], so"


def test_so_is_one_line_with_its_padding() -> None:
    assert PLAIN.text("MHcCAQEEI" + draw("{s60}==", seeded(5)) + " x") == "[REDACTED:key-body] x"


def test_a_token_in_the_middle_of_a_block_of_base64_is_a_part_of_it() -> None:
    block = draw("{a40}AKIA", seeded(3)) + "QWERTYUIOPASDFGH"
    assert PLAIN.text(f'"sha512-{block}=="') == f'"sha512-{block}=="'


@pytest.mark.parametrize(
    "number",
    range(len(formats.FORMATS)),
    ids=lambda n: f"{formats.FORMATS[n].rule}-{formats.FORMATS[n].prefixes.split()[0]}",
)
def test_each_format_is_needed(number: int) -> None:
    row = formats.FORMATS[number]
    without = Tokens((*formats.FORMATS[:number], *formats.FORMATS[number + 1 :]))
    assert any(not _whole(without, token, rule) for rule, token in TOKENS if rule == row.rule)


@pytest.mark.parametrize("row", formats.SHAPES, ids=lambda row: row.rule)
def test_each_shape_is_needed(row: formats.Shape) -> None:
    without = Tokens(shapes=tuple(shape for shape in formats.SHAPES if shape is not row))
    texts = [token for rule, token in TOKENS if rule == row.rule]
    texts += [case.text for case in CASES if case.rule == row.rule]
    found = [[span.rule for span in without.find(text, Runs(text))] for text in texts]
    assert any(row.rule not in rules for rules in found)


def _whole(finder: Tokens, token: str, rule: str) -> bool:
    return (0, len(token), rule) in [tuple(span) for span in finder.find(token, Runs(token))]
