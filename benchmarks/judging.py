"""Rates of error on the project's own corpora, in both directions: what is missed, and what is taken wrongly."""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import recall
from figures import Share

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "unit"))

import test_untrusted as texts  # type: ignore[import-not-found]
import test_weakening as changes  # type: ignore[import-not-found]

import hidden  # type: ignore[import-not-found]
import markdown_texts as published  # type: ignore[import-not-found]
from corpus.places import cases  # type: ignore[import-not-found]
from platforms import acts  # type: ignore[import-not-found]
from proposer.inputs.untrusted import clean
from proposer.outputs.redact import Redactor
from proposer.proving import drills
from proposer.proving.drill import catalogue
from proposer.reports.safe import markdown

__all__ = ["drilled", "gates", "redaction", "sanitisers"]


def sanitisers(count: int) -> dict[str, Share]:
    """Return the errors of what cleans untrusted text, over so many drawn texts, and of what is published."""
    live = [text for text, _ in published.LIVE.values()]
    innocent = [*published.BENIGN.values(), *published.OWN.values()]
    return {
        "hidden text": Share(sum(bool(hidden.left_over(clean(text))) for text in _hostile(count)), count),
        "innocent text": _share(clean(text) != text for text in texts.BENIGN.values()),
        "live markup": _share(bool(list(acts(markdown(text)))) for text in live),
        "innocent markup": _share(markdown(text) != text for text in innocent),
    }


def _hostile(count: int) -> Iterator[str]:
    """Draw texts of innocent and hidden pieces, some of them encoded, some taken apart by others."""
    chance = random.Random(11)  # noqa: S311 - the same texts every time
    innocent = [*texts.BENIGN.values()]
    for _ in range(count):
        text = chance.choice(innocent)
        for piece in chance.choices(hidden.VANISHING, k=chance.randint(1, 6)):
            turn = chance.random()
            if turn < 0.2:
                piece = hidden.encoded(piece, chance, chance.randint(1, 3))  # noqa: PLW2901
            elif turn < 0.4:
                piece = hidden.broken_by(piece, hidden.VANISHING, chance)  # noqa: PLW2901
            text += piece + chance.choice(innocent)[:20]
        yield text


def redaction(rounds: int) -> dict[str, Share]:
    """Return the errors of the redactor: tokens in any disguise, secrets by place, personal data, innocent text."""
    drawn, missed = recall.recall(rounds)
    places = recall.placed(list(cases(rounds, rounds)), Redactor()).values()
    people = recall.placed(recall.everybody(rounds), Redactor(personal=True)).values()
    plain, personal = recall.alarms(personal=False), recall.alarms(personal=True)
    hidden_ones = [name for name in recall.DISGUISES if name != "plain"]
    return {
        "tokens, plain": Share(sum(missed[rule, "plain"] for rule in drawn), drawn.total()),
        "tokens, disguised": Share(
            sum(missed[rule, name] for rule in drawn for name in hidden_ones), drawn.total() * len(hidden_ones)
        ),
        "secrets by place": Share(sum(of - found for found, of in places), sum(of for _, of in places)),
        "personal data": Share(sum(of - found for found, of in people), sum(of for _, of in people)),
        "false alarms": Share(sum(count for _, count in plain.values()), sum(size for size, _ in plain.values())),
        "false alarms, personal": Share(
            sum(count for _, count in personal.values()), sum(size for size, _ in personal.values())
        ),
    }


def gates() -> dict[str, Share]:
    """Return the errors of the gate that finds weakened tests."""
    weaker = [(changes.code(row.values[1]), changes.code(row.values[2])) for row in changes.changes("weaker")]
    classic = [
        (changes.method(row.values[1]), changes.method(row.values[2])) for row in changes.changes("weaker_unittest")
    ]
    honest = [(changes.code(row.values[1]), changes.code(row.values[2])) for row in changes.changes("honest")]
    return {
        "weakened tests": _share(not changes.found(before, after) for before, after in (*weaker, *classic)),
        "honest changes": _share(bool(changes.found(before, after)) for before, after in honest),
    }


def drilled(most: int | None) -> dict[str, Share]:
    """Return the errors of the drills, with their guards and without.

    Args:
        most: how many are tried without their guard; None for all of them.
    """
    import removals  # type: ignore[import-not-found]  # noqa: PLC0415 - it changes what drills are tried in

    with removals.wired() as root:
        held = drills.run(root, environment=os.environ, on_result=lambda _: None).results
        names = list(catalogue())[:most]
        bare = [removals.without_its_guard(name, root).outcome for name in names]
    return {
        "drills": _share(not (result.reached and result.outcome == "contained") for result in held),
        "drills without their guard": _share(outcome != "escaped" for outcome in bare),
    }


def _share(wrong: Iterator[bool]) -> Share:
    rows = list(wrong)
    return Share(sum(rows), len(rows))
