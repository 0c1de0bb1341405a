"""No word of a text about software is taken for a secret, nor is what stands where a secret would be."""

import re

import pytest

from corpus.prose import PLACEHOLDERS, PROSE
from proposer.outputs.masking.likeness import is_vague, is_word
from proposer.outputs.redact import Redactor

WORDS = sorted(set(re.findall("[A-Za-z]+", PROSE)))


def test_no_word_of_a_text_about_software_is_a_secret_that_is_masked_wherever_it_stands() -> None:
    assert [word for word in WORDS if not is_word(word)] == []
    assert Redactor(WORDS).text(PROSE) == PROSE


@pytest.mark.parametrize("placeholder", PLACEHOLDERS.split())
def test_what_stands_where_a_secret_would_be_is_none(placeholder: str) -> None:
    assert is_vague(placeholder)


@pytest.mark.parametrize("secret", ["correcthorse", "my-dog-rex", "blueheron", "k3y-of-mine", "s3cret"])
def test_other_words_may_be_secrets(secret: str) -> None:
    assert not is_vague(secret)
    assert not is_word(secret)
