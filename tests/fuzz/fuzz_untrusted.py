"""Looks for a text that `clean` leaves hiding something, changes twice, or lets grow.

Run `python tests/fuzz/fuzz_untrusted.py [EXAMPLES [SEED]]`; the seed is printed, so that a failure can be repeated.
"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hidden import hostile, left_over
from proposer.inputs.untrusted import Bounds, examine, invisible, reveal, unreveal

_ROUND = 2_000
_TEXTS = st.lists(hostile(), min_size=1, max_size=3).map("".join)
_BOUNDS = st.builds(Bounds, size=st.sampled_from([40, 80, 160, 200_000]), lines=st.sampled_from([2, 4, 5_000]))


def check(text: str, bounds: Bounds) -> None:
    """Raise AssertionError if the cleaned text, within these bounds, breaks a promise."""
    cleaned = examine(text, bounds).text
    again = examine(cleaned, bounds).text
    assert again == cleaned, f"not idempotent: {cleaned!r} and then {again!r}"
    assert left_over(cleaned) == [], f"{left_over(cleaned)} in {cleaned!r}"
    assert bounds.hold(cleaned)
    shown = reveal(text)
    assert invisible(shown) == set()
    assert unreveal(shown) == text


def main(examples: int, start: int) -> None:
    """Check that many texts, in rounds, since hypothesis remembers all that it drew in one."""
    print(f"{examples} examples, seed {start}")
    for done in range(0, examples, _ROUND):
        chosen = settings(
            max_examples=min(_ROUND, examples - done),
            deadline=None,
            database=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        seed(start + done)(chosen(given(_TEXTS, _BOUNDS)(check)))()


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 2_000, arguments[1] if len(arguments) > 1 else random.randrange(2**32))  # noqa: S311
