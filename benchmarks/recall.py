"""Prints how many made-up secrets the redactor finds, by format and by disguise, and its false alarms on innocent text.

Run `python benchmarks/recall.py [ROUNDS]`; each round draws every secret anew (default 5). It ends with 1 where less is
found, or more is masked by mistake, than the floors below allow.
"""

import base64
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from corpus.innocents import corpora  # type: ignore[import-not-found]
from corpus.people import cards, ibans, people  # type: ignore[import-not-found]
from corpus.places import Case, cases  # type: ignore[import-not-found]
from corpus.tokens import tokens  # type: ignore[import-not-found]
from proposer.outputs.masking.sweep import Sweep, merged
from proposer.outputs.redact import Redactor

__all__ = ["DISGUISES", "FLOORS", "MOST_ALARMS", "alarms", "placed", "recall", "wanting"]

FLOORS = {"token": 0.99, "place": 0.99, "personal": 0.99}
"""The least share that is found: of tokens, in each disguise; of secrets by place; of personal data."""

MOST_ALARMS = 2
"""False alarms in each innocent corpus; those in texts that do not change are held to none by the unit tests."""


def _halves(text: str, between: str) -> str:
    return text[: len(text) // 2] + between + text[len(text) // 2 :]


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: f"see {text} here",
    "JSON": lambda text: json.dumps({"a": f"x\n{text}\n"}),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": f"x\n{text}\n"})),
    "URL": lambda text: f"https://example.org/?x={quote(text, safe='')}",
    "line break": lambda text: f"see {_halves(text, chr(10))} here",
    "zero width": lambda text: _halves(text, "\u200b"),
    "colour": lambda text: _halves(text, "\x1b[31m"),
    "NUL": lambda text: _halves(text, "\0"),
    "base64": lambda text: base64.b64encode(f"it is {text}, no more".encode()).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(f"it is {text}, no more".encode())).decode(),
    "base64 lines": lambda text: base64.encodebytes(f"first some text, then {text}, and then more".encode()).decode(),
    "hex": lambda text: text.encode().hex(),
}
"""How a token may be hidden; the last ones show nothing of it, so that a mark is what counts."""

_OPAQUE = frozenset({"base64", "base64 twice", "base64 lines", "hex"})


def recall(rounds: int) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return how many tokens of each rule were drawn, and how many of them each disguise kept from being found."""
    redactor = Redactor()
    drawn: Counter[str] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for rule, token in tokens(seed=rounds, rounds=rounds):
        drawn[rule] += 1
        for disguise, hide in DISGUISES.items():
            masked = redactor.text(hide(token))
            left = disguise not in _OPAQUE and any(
                part in masked for part in (token[:12], token[-12:]) if len(part) == 12
            )
            if "[REDACTED:" not in masked or left:
                missed[rule, disguise] += 1
    return drawn, missed


def alarms(*, personal: bool) -> dict[str, tuple[int, int]]:
    """Return for each innocent corpus its size in characters and its false alarms; addresses in real code are none."""
    sweep = Sweep(with_personal=personal)
    found = {}
    for name, text in corpora().items():
        spans = merged(sweep.spans(text))
        found[name] = len(text), sum(not (span.rule == "email" and name == "library code") for span in spans)
    return found


def placed(drawn: list[Case], redactor: Redactor) -> dict[str, tuple[int, int]]:
    """Return for each rule how many of the drawn secrets were found, and how many there were."""
    found = Counter(case.rule for case in drawn if case.secret not in redactor.text(case.text))
    return {rule: (found[rule], count) for rule, count in sorted(Counter(case.rule for case in drawn).items())}


def everybody(rounds: int) -> list[Case]:
    """Return the personal data of so many drawings."""
    return [case for seed in range(rounds) for case in (*people(), *cards(seed), *ibans(seed))]


def wanting(
    tokens_: tuple[Counter[str], Counter[tuple[str, str]]],
    tables: dict[str, dict[str, tuple[int, int]]],
    false_alarms: dict[str, tuple[int, int]],
) -> list[str]:
    """Say what is below its floor: the tokens in a disguise, a table of secrets, an innocent corpus."""
    drawn, missed = tokens_
    shares = {f"token, {name}": 1 - sum(missed[rule, name] for rule in drawn) / drawn.total() for name in DISGUISES}
    shares |= {
        name: sum(found for found, _ in table.values()) / sum(count for _, count in table.values())
        for name, table in tables.items()
    }
    low = [f"{name}: {share:.2%}" for name, share in shares.items() if share < FLOORS[name.partition(",")[0]]]
    return low + [f"{name}: {count} false alarms" for name, (_, count) in false_alarms.items() if count > MOST_ALARMS]


def main(rounds: int) -> int:
    """Print the tables; 1 where something is below its floor."""
    drawn, missed = recall(rounds)
    print(f"tokens by format and disguise ({drawn.total()} drawn; numbers are misses)")
    names = list(DISGUISES)
    print(f"  {'':18} {'drawn':>5}  " + " ".join(f"{name:>12}" for name in names))
    for rule, count in sorted(drawn.items()):
        print(f"  {rule:18} {count:>5}  " + " ".join(f"{missed[rule, name] or '.':>12}" for name in names))
    whole = " ".join(f"{1 - sum(missed[rule, name] for rule in drawn) / drawn.total():>12.2%}" for name in names)
    print(f"  {'recall':18} {'':>5}  {whole}")
    tables = {
        "place": placed(list(cases(rounds, rounds)), Redactor()),
        "personal": placed(everybody(rounds), Redactor(personal=True)),
    }
    for what, table in tables.items():
        print(f"\n{'secrets by where they stand' if what == 'place' else 'personal data'} (found of drawn)")
        for rule, (found, count) in table.items():
            print(f"  {rule:22} {found:>5} of {count:>5}{'' if found == count else '  <-'}")
    print("\nfalse alarms on innocent text")
    plain, personal = alarms(personal=False), alarms(personal=True)
    for name, (size, count) in plain.items():
        print(f"  {name:18} {size:>9,} characters {count:>5}   with personal data {personal[name][1]:>5}")
    low = wanting((drawn, missed), tables, personal)
    for line in low:
        print(f"below its floor: {line}")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
