"""proposer.toml: what may stand in it, and the words for what may not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.config.settings import Settings, parse
from proposer.errors import UsageError

WORKFLOW = '[workflows.review]\nsummary = "s"\nprompt = "p.md"\nschema = "s.json"\n'


def test_an_empty_file_has_defaults_and_no_workflows() -> None:
    found = parse(b"")
    assert (found.provider.default, found.limits.turns, found.project.default_branch) == ("openai", 60, "")
    with pytest.raises(UsageError, match="declares no workflow 'review'") as caught:
        found.workflow("review")
    assert caught.value.hint == "declared: none"


def test_a_workflow_is_found_and_others_are_listed() -> None:
    found = parse(WORKFLOW.encode())
    assert (found.workflow("review").output_schema, found.workflow("review").sandbox) == ("s.json", "read-only")
    with pytest.raises(UsageError) as caught:
        found.workflow("reveiw")
    assert "review" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("nonsense", "cannot be read", id="no-toml"),
        pytest.param("x = 1", "x: ", id="an-unknown-key"),
        pytest.param("version = 2", "version", id="another-version"),
        pytest.param("[limits]\nturns = 0", "limits.turns", id="no-turns"),
        pytest.param("[limits]\nturns = 1001", "limits.turns", id="too-many-turns"),
        pytest.param("[limits]\nwall_seconds = nan", "limits.wall_seconds", id="not-a-number"),
        pytest.param("[limits]\nwall_seconds = inf", "limits.wall_seconds", id="for-ever"),
        pytest.param("[limits]\nidle_seconds = -1", "limits.idle_seconds", id="negative"),
        pytest.param("[limits]\nprompt_characters = 2000000", "limits.prompt_characters", id="more-than-codex-takes"),
        pytest.param('[provider]\nupstream = "http://evil.example"', "provider.upstream", id="in-the-clear"),
        pytest.param('[provider]\nupstream = "file:///etc/passwd"', "provider.upstream", id="a-file"),
        pytest.param('[provider]\ndefault = "rehearsal"', "provider.default", id="a-rehearsal-by-default"),
        pytest.param(WORKFLOW + 'sandbox = "danger-full-access"', "workflows.review.sandbox", id="full-access"),
        pytest.param(WORKFLOW + 'block = ["P4"]', "workflows.review.block", id="an-unknown-severity"),
        pytest.param(WORKFLOW + 'model = "x"', "workflows.review.model", id="a-model-in-the-wrong-place"),
        pytest.param(WORKFLOW.replace("p.md", "../p.md"), "workflows.review.prompt", id="a-prompt-outside"),
        pytest.param(WORKFLOW.replace("p.md", "/etc/passwd"), "workflows.review.prompt", id="an-absolute-prompt"),
        pytest.param(WORKFLOW.replace("s.json", ""), "workflows.review.schema", id="no-schema"),
        pytest.param("workflows = 7", "workflows", id="no-table"),
    ],
)
def test_what_may_not_stand_there_is_named(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=r"proposer\.toml") as caught:
        parse(text.encode())
    assert words in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.message


@given(st.binary(max_size=80))
def test_any_bytes_are_settings_or_a_usage_error(data: bytes) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(parse(data), Settings)


@pytest.mark.parametrize(
    "address",
    ["https://api.openai.com/v1/responses", "http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]/v1"],
)
def test_addresses_that_are_safe(address: str) -> None:
    assert parse(f'[provider]\nupstream = "{address}"'.encode()).provider.upstream == address
