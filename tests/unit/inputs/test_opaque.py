"""What is data, and what only pretends to be."""

import os
import random
import zlib

import pytest

from proposer.inputs.opaque import is_data, is_textual

SOURCE = b"def pay(amount):\n    return post(amount)\n" * 20
NOISE = random.Random(7).randbytes(4000)  # noqa: S311 - any bytes will do
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + zlib.compress(NOISE)


@pytest.mark.parametrize(
    ("data", "textual"),
    [
        pytest.param(SOURCE, True, id="text"),
        pytest.param(b"", True, id="empty"),
        pytest.param(SOURCE[:100] + b"\0" + SOURCE[100:], True, id="a-nul-in-a-source-file"),
        pytest.param(b"#!/bin/sh\n" + NOISE, True, id="a-script-with-a-payload"),
        pytest.param(SOURCE.decode().encode("utf-16"), True, id="utf-16-with-a-mark"),
        pytest.param(SOURCE.decode().encode("utf-16-le"), True, id="utf-16-little"),
        pytest.param(SOURCE.decode().encode("utf-16-be"), True, id="utf-16-big"),
        pytest.param(SOURCE.decode().encode("utf-32"), True, id="utf-32-with-a-mark"),
        pytest.param(SOURCE.decode().encode("utf-32-be"), True, id="utf-32-big"),
        pytest.param(PNG, False, id="an-image"),
        pytest.param(bytes(range(256)) * 50, False, id="all-bytes"),
        pytest.param(bytes(4000), False, id="nothing-but-nul"),
        pytest.param(b"SQLite format 3\0" + bytes(4000) + b"table" + bytes(50), False, id="a-database"),
    ],
)
def test_is_textual(data: bytes, textual: bool) -> None:
    assert is_textual(data) is textual


@pytest.mark.parametrize(
    ("path", "mode", "old", "new", "data"),
    [
        pytest.param("logo.png", "100644", None, PNG, True, id="a-new-image"),
        pytest.param("a/LOGO.PNG", "100644", PNG, PNG[:-9], True, id="a-changed-image"),
        pytest.param("logo.png", "100644", PNG, None, True, id="a-removed-image"),
        pytest.param("pay.py", "100644", None, PNG, False, id="source-by-name"),
        pytest.param("pay.py", "100644", SOURCE, PNG, False, id="text-that-turned-binary"),
        pytest.param("logo.png", "100644", SOURCE, PNG, False, id="text-that-turned-into-an-image"),
        pytest.param("logo.png", "100644", None, SOURCE[:9] + b"\0" + SOURCE, False, id="text-behind-an-image's-name"),
        pytest.param("logo.png", "100755", None, PNG, False, id="an-executable"),
        pytest.param("logo.png", "120000", None, PNG, False, id="a-link"),
        pytest.param("tool", "100644", None, PNG, False, id="no-suffix"),
        pytest.param("libpay.so", "100644", None, PNG, False, id="machine-code"),
        pytest.param("app.jar", "100644", None, PNG, False, id="an-archive"),
        pytest.param("model.pkl", "100644", None, PNG, False, id="a-pickle"),
        pytest.param("png", "100644", None, PNG, False, id="a-name-that-is-a-suffix"),
    ],
)
def test_is_data(path: str, mode: str, old: bytes | None, new: bytes | None, data: bool) -> None:
    assert is_data(path, mode, old, new) is data


def test_a_large_file_is_judged_by_its_beginning() -> None:
    assert not is_textual(os.urandom(8) + b"\0" * 8000 + SOURCE)
