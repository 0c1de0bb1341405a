"""Throws drawn secrets in drawn disguises at the redactor.

Run `python tests/fuzz/fuzz_redact.py [ROUNDS [SEED]]`; the seed is printed, so that a failure can be repeated. Each
round puts one secret somewhere and looks for what must never happen: a leak, an error, a second masking that changes
something, a JSON line that is no longer one.
"""

import base64
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus.innocents import SNIPPETS
from corpus.places import cases
from corpus.tokens import SHAPES, draw, seeded
from proposer.outputs.redact import Redactor

ROWS = [row.partition(" ")[::2] for row in SHAPES.splitlines()]
NOISE = (
    "",
    " ",
    "\n",
    "x",
    "\\n",
    "\\t",
    '"',
    "'",
    "`",
    "=",
    ":",
    "/",
    "%",
    "&",
    "\u200b",
    "\x1b[0m",
    "\0",
    "é",
    "ж",
    "}",
    "<",
    "\ud800",
)
DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "plain": lambda text, _: text,
    "line break": lambda text, chance: _cut(text, chance, chance.choice(("\n", "\r\n", "\n   ", "\\\n"))),
    "invisible": lambda text, chance: _cut(text, chance, chance.choice(("\u200b", "\0", "\x1b[31m", "\u2060", "\xad"))),
    "base64": lambda text, chance: base64.b64encode(_between(text, chance.randrange(3))).decode(),
    "base64 lines": lambda text, chance: base64.encodebytes(_between(text, chance.randrange(9))).decode(),
    "hex": lambda text, _: text.encode().hex(),
    "URL": lambda text, _: quote(text, safe=""),
    "partly URL": lambda text, chance: "".join(f"%{ord(c):02x}" if chance.random() < 0.3 else c for c in text),
    "escapes": lambda text, chance: "".join(f"\\u{ord(c):04x}" if chance.random() < 0.3 else c for c in text),
    "entities": lambda text, chance: "".join(f"&#{ord(c)};" if chance.random() < 0.3 else c for c in text),
    "JSON": lambda text, _: json.dumps(json.dumps([text])),
}  # fmt: skip


def _cut(text: str, chance: random.Random, with_: str) -> str:
    at = chance.randrange(1, len(text))
    return text[:at] + with_ + text[at:]


def _between(text: str, times: int) -> bytes:
    return ("some text " * times + text + " more").encode()


def _noise(chance: random.Random) -> str:
    around = chance.choice(SNIPPETS) if chance.random() < 0.3 else "".join(chance.choices(NOISE, k=chance.randrange(5)))
    return around + chance.choice(("", " ", "\n"))


def _leaks(secret: str, masked: str) -> bool:
    """Tell whether twelve characters in a row of a secret are left; fewer are a word of its prefix."""
    return any(secret[at : at + 12] in masked for at in range(4, max(len(secret) - 12, 5), 4))


def one(seed: int) -> str:
    """Play one round; what went wrong, or nothing."""
    chance = seeded(seed)
    kind = chance.random()
    values: tuple[str, ...] = ()
    if kind < 0.5:
        secret = draw(chance.choice(ROWS)[1], chance)
        hidden = DISGUISES[name := chance.choice([*DISGUISES])](secret, chance)
        text = f"see {hidden} here" if chance.random() < 0.5 else f"{_noise(chance)} {hidden} {_noise(chance)}"
    elif kind < 0.8:
        name = "value"
        secret = "".join(chance.choices("abcdefXYZ0189-_./+=&%$\"' é", k=chance.randrange(14, 50))).strip() + "k3y"
        values = (secret,)
        hidden = DISGUISES[name := chance.choice([*DISGUISES])](secret, chance)
        text = f"{_noise(chance)}{hidden}{_noise(chance)}"
    else:
        name = "place"
        case = chance.choice(list(cases(seed)))
        secret, text = case.secret, case.text
    redactor = Redactor(values, personal=chance.random() < 0.3)
    masked = redactor.text(text)
    if _leaks(secret, masked):
        return f"{name}: leak of {secret!r} in {masked!r}"
    if values and name != "base64 lines" and "[REDACTED:" not in masked:
        return f"{name}: nothing masked of {secret!r} in {text!r}"
    if redactor.text(masked) != masked:
        return f"{name}: not idempotent: {text!r}"
    line = redactor.jsonl(json.dumps({"a": [text], "n": 1.50, "k": {text: None}}, ensure_ascii=chance.random() < 0.5))
    if "\n" in line or _leaks(secret, line):
        return f"{name}: leak or break in {line!r}"
    json.loads(line)
    if redactor.jsonl(line) != line:
        return f"{name}: line is not idempotent: {line!r}"
    return ""


def main(rounds: int, start: int) -> int:
    """Play rounds; the exit code tells whether one of them failed."""
    print(f"{rounds} rounds, seed {start}")
    failed = 0
    for number in range(start, start + rounds):
        if wrong := one(number):
            failed += 1
            print(f"seed {number}: {wrong}")
    print(f"{failed} failed")
    # A made-up value may contain what is an escape somewhere else: `%c1`. A few in ten thousand cannot be told apart.
    return 1 if failed > rounds // 500 else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    rounds, start = (
        arguments[0] if arguments else 2_000,
        arguments[1] if len(arguments) > 1 else random.randrange(2**32),  # noqa: S311,
    )
    sys.exit(main(rounds, start))
