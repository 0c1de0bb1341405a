"""A broker that another step started: only a port on this machine can be named."""

import json
from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.relay.provider import choose, opened
from proposer.relay.upstream import BROKER, Upstream, running


def named(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "77.json"
    path.write_text(text, encoding="utf-8")
    return {BROKER: str(path)}


def test_a_running_broker_serves_the_provider_without_a_key(tmp_path: Path) -> None:
    environment = named(tmp_path, json.dumps({"port": 4321, "pid": 1}))
    assert running(environment) == 4321
    provider = choose("", "openai", root=tmp_path, environment=environment)
    assert provider.key is None
    assert not provider.rehearsed
    with opened(provider, codex=tmp_path, upstream="https://example.com", folder=tmp_path) as backend:
        assert isinstance(backend, Upstream)


def test_without_one_the_key_is_looked_for() -> None:
    assert running({}) is None


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"port": "x"}', '{"port": 0}', '{"port": 65536}', '{"port": null}'],
    ids=["empty", "no-port", "list", "word", "zero", "too-high", "null"],
)
def test_a_file_without_a_port_is_refused_and_no_key_is_taken_instead(tmp_path: Path, text: str) -> None:
    environment = named(tmp_path, text) | {"OPENAI_API_KEY": "k"}
    with pytest.raises(UsageError, match=BROKER):
        choose("", "openai", root=tmp_path, environment=environment)
    with pytest.raises(UsageError, match=BROKER):
        choose("", "openai", root=tmp_path, environment={BROKER: str(tmp_path / "nowhere")})
