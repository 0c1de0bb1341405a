"""`--provider` names who answers, or says what is missing before anything is started."""

from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.relay import provider


@pytest.mark.parametrize(
    ("given", "words", "hint"),
    [
        pytest.param("cassette", "needs a folder", "cassette:FOLDER", id="cassette-without-folder"),
        pytest.param(
            "cassette:nowhere", "cassette nowhere does not exist", "--record", id="cassette-that-is-not-there"
        ),
        pytest.param("rehearsal", "needs a script", "rehearsal:FILE", id="rehearsal-without-script"),
        pytest.param("tape", "no provider 'tape'", "openai, chatgpt, rehearsal, cassette", id="unknown"),
    ],
)
def test_a_provider_that_cannot_be_used_says_what_can(tmp_path: Path, given: str, words: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        provider.choose(given, "openai", root=tmp_path, environment={})
    assert words in caught.value.message
    assert hint in caught.value.hint


def test_without_a_recording_there_is_nothing_to_compare_with() -> None:
    real = provider.Provider(name="openai", label="openai")
    real.fits("0.0.0")
    assert (real.meets("{}"), real.failure(), real.digest) == ("", None, None)
