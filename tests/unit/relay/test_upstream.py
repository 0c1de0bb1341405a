"""Where the key comes from, and that it tells nobody."""

import sys
import types

import pytest

from proposer.errors import UsageError
from proposer.relay.upstream import find_key

KEYRING = "sk-" + "keyring-0123456789"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyring that holds a key with blanks around it."""
    module = types.ModuleType("keyring")
    module.get_password = lambda *_: f" {KEYRING}\n"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)


@pytest.mark.parametrize(
    ("environment", "value", "source"),
    [
        ({"CODEX_API_KEY": "a", "OPENAI_API_KEY": "b"}, "a", "CODEX_API_KEY"),
        ({"CODEX_API_KEY": " \n", "OPENAI_API_KEY": " b\n"}, "b", "OPENAI_API_KEY"),
        ({"CODEX_API_KEY": ""}, KEYRING, "keyring"),
        ({}, KEYRING, "keyring"),
    ],
)
@pytest.mark.usefixtures("keyring")
def test_the_key_is_the_first_that_holds_something(environment: dict[str, str], value: str, source: str) -> None:
    key = find_key(environment)
    assert (key.reveal(), key.source) == (value, source)
    assert value not in repr(key).replace(source, "")


@pytest.mark.parametrize("broken", ["missing", "failing", "empty"])
def test_no_key_says_what_to_do(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    module = types.ModuleType("keyring")
    if broken == "failing":
        module.get_password = lambda *_: 1 / 0  # type: ignore[attr-defined]
    elif broken == "empty":
        module.get_password = lambda *_: "  "  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", None if broken == "missing" else module)
    with pytest.raises(UsageError, match="no credentials") as caught:
        find_key({"OTHER": "x"})
    assert "CODEX_API_KEY" in caught.value.hint
