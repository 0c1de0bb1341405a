"""The combinations of answers that are tested; what is not among them is refused (`answers.UNSUPPORTED`, with reasons).

Everything here is made from the questions' allowed values, so a new value takes part by itself.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from bench import HOSTILE
from proposer.config.answers import CHOICES, unsupported

__all__ = ["LONG", "SELECTED", "SHAPING", "SUPPORTED", "cover"]

Answers = dict[str, str]

SHAPING = ("stack", "domain", "database", "frontend")
"""The questions that decide which files there are; all their supported combinations are tested."""
LONG = {"project_slug": "s" + "-long" * 9, "package_name": "p" * 40}
SHORT = {"package_name": "z"}
NAMES: tuple[Answers, ...] = ({}, HOSTILE, LONG, SHORT)
"""Names that linters, formatters and parsers have trouble with, dealt out like the values of the other questions."""


def _supported() -> dict[str, Answers]:
    """Return the supported shapes by name; values of the other questions and names are dealt out in turn."""
    dealt = {name: of for name, of in CHOICES.items() if name not in SHAPING}
    found: dict[str, Answers] = {}
    for values in product(*(CHOICES[name] for name in SHAPING)):
        shape = dict(zip(SHAPING, values, strict=True))
        if unsupported(shape):
            continue
        turn = len(found)
        more = {name: of[(turn + place) % len(of)] for place, (name, of) in enumerate(dealt.items())}
        if unsupported(shape | more):
            more["key_broker"] = CHOICES["key_broker"][0]
        found["-".join(values)] = shape | more | NAMES[turn % len(NAMES)]
    return found


def cover(rows: Sequence[Answers], names: Iterable[str]) -> list[Answers]:
    """Return few of the rows that together hold each pair of values of two questions that any row holds.

    Greedy, and the same for the same rows: the first of the rows that add most is taken each time.
    """
    pairs = [tuple(pair) for pair in combinations(names, 2)]
    holds = [{(one, row[one], other, row[other]) for one, other in pairs} for row in rows]
    open_pairs = set().union(*holds) if holds else set()
    taken: list[Answers] = []
    while open_pairs:
        best = max(range(len(rows)), key=lambda place: (len(holds[place] & open_pairs), -place))
        taken.append(rows[best])
        open_pairs -= holds[best]
    return taken


SUPPORTED = _supported()
"""Answers by the name of their combination."""
_COVER = cover(list(SUPPORTED.values()), SHAPING)
SELECTED = [name for name, row in SUPPORTED.items() if row in _COVER]
"""Names of the combinations whose own checks CI runs; all of them: `nox -s template-all`."""
