"""Digests of bytes, files and canonical JSON."""

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from proposer import digests


@given(st.binary(max_size=50))
def test_bytes(data: bytes) -> None:
    assert digests.of_bytes(data) == hashlib.sha256(data).hexdigest()


def test_a_file_of_many_blocks(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * 1_000_000)
    assert digests.of_file(tmp_path / "x") == digests.of_bytes(b"x" * 1_000_000)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.integers(-99, 99), max_size=6))
def test_the_order_of_keys_does_not_count(value: dict[str, int]) -> None:
    assert digests.of_json(value) == digests.of_json(dict(reversed(value.items())))


def test_canonical_json_is_that_of_rfc_8785() -> None:
    assert digests.canonical({"b": [1.0, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    assert digests.prefixed("0f") == "sha256:0f"
