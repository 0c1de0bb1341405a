"""A token that line breaks split is put together again, wherever the break is and whatever the token is made of."""

from base64 import encodebytes

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.redact import Redactor

CHANCE = seeded(33)
PLAIN = Redactor()
BREAKS = {
    "line feed": "\n",
    "carriage return": "\r\n",
    "continued": "\\\n",
    "written line feed": "\\n",
    "written carriage return": "\\r\\n",
    "indented": "\n    ",
}
# Where each is cut: one half has a sign that stands in few tokens at its edge, or the sign is in the other half.
SPLIT = {
    "behind a hyphen": ("glpat-", "{b20}"),
    "before a hyphen": ("glpat", "-{b20}"),
    "before a colon": ("{d10}", ":AA{b33}"),
    "behind a bar": ("{d16}|", "{b27}"),
    "before a bar": ("{d16}", "|{b27}"),
    "before a dollar": ("access_token", "$production${l16}${h32}"),
    "behind a dollar": ("access_token$production$", "{l16}${h32}"),
    "before a full stop": ("SG", ".{b22}.{b43}"),
    "behind a full stop": ("SG.", "{b22}.{b43}"),
    "with a full stop behind": ("eyJhbGciOiJIUzI1", "NiJ9.{J}.{b43}"),
    "with a colon behind": ("1/12012", "01201201:{h32}"),
    "with a colon before": ("{d10}:AA{b12}", "{b21}"),
    "with a bar before": ("{d16}|{b12}", "{b15}"),
    "a percent sign": ("{A20}{a22}%2B{a20}", "{a30}%3D"),
    "small letters and digits": ("dop_v1_{h20}", "{h44}"),
    "three lines": ("gh", "p_{a18}", "{a18}"),
    "letters": ("hf_kWqTZxRbNpQwHjK", "zXcVbTrFgYhUjMkLp"),
}


@pytest.mark.parametrize("line_break", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("name", SPLIT)
def test_a_token_is_masked_over_a_line_break(name: str, line_break: str) -> None:
    token = line_break.join(draw(part.replace("{A20}", "A" * 20), CHANCE) for part in SPLIT[name])
    for after in (" here", ""):
        masked = PLAIN.text(f"see {token}{after}")
        assert masked.startswith("see [REDACTED:")
        assert masked.endswith(f"]{after}")
        assert masked.count("[") == 1


def test_lines_of_base64_are_put_together_behind_other_lines() -> None:
    code = encodebytes(f"{'some words before it ' * 2}{draw('ghp_{a36}', CHANCE)}".encode()).decode()
    assert "[REDACTED:github]" in PLAIN.text(f"one\ntwo three\nfour five\nsix seven\neight:\n{code}")


@pytest.mark.parametrize("text", ["one-\ntwo-\nthree3", "key_\n  |a1|b2|", "https://x/a1B2\nc3D4", "A=\nB=1\nCD=EF"])
def test_other_lines_stay(text: str) -> None:
    assert PLAIN.text(text) == text
