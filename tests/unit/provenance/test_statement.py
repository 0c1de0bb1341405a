"""Statements: complete, canonical, and refused where anything in them is unknown or missing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from lab import Lab
from proposer.errors import RefusedError
from proposer.provenance import record, statement
from proposer.provenance.record import Document, Store

ID = "20260102T030405Z-0123abcd"
DIGEST = "a" * 64


def document(draft: record.Draft) -> Document:
    return Document(
        tool=record.Tool(
            pinned_cli_version="1", model="m", effort="e", profile="p", codex_sha256="0" * 64,
            codex_reference="codex.lock", proposer_version="1", provider="rehearsal",
        ),
        run=record.Run(
            id=draft.id, name="review", timestamp_utc="t", started_at="t", finished_at="t", runner="github-actions",
            job_id=None, workflow=None, actor=None, repo=None, outcome="clean", fingerprint="f" * 64, unlocked=False,
            git=record.GitPart(base_sha="b0", head_sha="b1", tree="b2"), lock_from="base",
        ),
        inputs=record.Inputs(
            prompt_file="p", prompt_sha256=DIGEST, agents_md_sha256=DIGEST, rules_sha256=DIGEST, skills_sha256=DIGEST,
            output_schema_file="s", schema_sha256=DIGEST, config_sha256=DIGEST, lock_sha256=DIGEST, diff_sha256=DIGEST,
            untrusted=[{"name": "pr.txt", "raw_sha256": "c" * 64, "cleaned_sha256": "d" * 64}],
            provider_sha256=DIGEST,
        ),
        policy=record.Policy.model_validate(
            {"sandbox": "read-only", "shell": True, "limits": {"turns": 60, "wall_seconds": 900.0}}
        ),
        outputs=record.Outputs(
            final_message_file=None, jsonl_log_file="events.jsonl", files_changed=[], artifacts_sha256=draft.artifacts()
        ),
        result={"seconds": 1.5, "usage": {"input_tokens": 7}},
    )  # fmt: skip


@pytest.fixture
def stated(repo: Lab) -> bytes:
    store = Store(repo.root)
    draft = store.draft(ID, str)
    draft.write("prompt.md", "p")
    found = statement.of(document(draft), "e" * 64)
    store.discard(draft)
    return found


def test_a_statement_names_everything_that_went_in(stated: bytes) -> None:
    found = statement.read(stated).predicate
    assert {row.name for row in found.build_definition.resolved_dependencies} == {
        "base", "head", "subject", "codex", "codex.lock", "prompt", "schema", "AGENTS.md", "rules", "skills", "config",
        "diff", "script", "untrusted/pr.txt",
    }  # fmt: skip
    assert found.build_definition.internal_parameters.limits == {"turns": 60, "wall_seconds": 900}
    builder = found.run_details.builder
    assert builder.id == "https://proposer.invalid/builders/github-actions/v1"
    assert [(row.name, row.digest) for row in builder.builder_dependencies] == [("codex", {"sha256": "0" * 64})]


def test_a_run_without_an_answer_is_about_its_record_and_says_what_it_came_to(stated: bytes) -> None:
    found = statement.read(stated)
    assert [(row.name, row.digest) for row in found.subject] == [("record.json", {"sha256": "e" * 64})]
    came_to = found.predicate.run_details.byproducts[0].annotations
    assert came_to == {"outcome": "clean", "seconds": 1.5, "usage": {"input_tokens": 7}}


def test_the_bytes_are_canonical(stated: bytes) -> None:
    assert rfc8785.dumps(json.loads(stated)) == stated


def definition(value: Any) -> Any:
    return value["predicate"]["buildDefinition"]


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "no subject": (lambda value: value["subject"].clear(), "subject is empty"),
    "a missing subject": (lambda value: value.pop("subject"), "subject is empty or missing"),
    "an external parameter": (
        lambda value: definition(value)["externalParameters"].update(more="x"), "unknown external parameter",
    ),
    "a field": (lambda value: value.update(more="x"), "unknown field more"),
    "another type": (lambda value: value.update(_type="https://in-toto.io/Statement/v0.1"), "_type"),
    "another predicate": (lambda value: value.update(predicateType="x"), "predicateType"),
    "another build type": (lambda value: definition(value).update(buildType="x"), "buildType"),
    "a subject without a digest": (lambda value: value["subject"][0]["digest"].clear(), "digest"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED)
def test_what_a_verifier_must_refuse_is_named(stated: bytes, change: Callable[[Any], object], words: str) -> None:
    value = json.loads(stated)
    change(value)
    with pytest.raises(RefusedError, match=words) as caught:
        statement.read(rfc8785.dumps(value))
    assert caught.value.hint


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a space": lambda data: data + b" ",
    "a key twice": lambda data: data.replace(b'{"_type"', b'{"_type":"x","_type"', 1),
    "no JSON": lambda data: data[1:],
    "nested without end": lambda _: b"[" * 100_000,
    "another encoding": lambda data: data.decode().encode("utf-16"),
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES)
def test_other_bytes_are_refused(stated: bytes, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RefusedError):
        statement.read(change(stated))


def test_a_statement_is_read_back_whatever_its_folder(stated: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(stated)
    assert statement.read((tmp_path / "x").read_bytes()).predicate.run_details.metadata.invocation_id == ID
