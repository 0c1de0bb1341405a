"""Records: complete or not there, in a folder that nobody else can have brought, and every file accounted for."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lab import Lab
from proposer import digests
from proposer.errors import RefusedError, UsageError
from proposer.provenance import record, statement
from proposer.provenance.envelope import STATEMENT, seal, signer_of
from proposer.provenance.record import Document, Store

ADA = signer_of(Ed25519PrivateKey.from_private_bytes(bytes(32)))
ID = "20260102T030405Z-0123abcd"


def document(draft: record.Draft, *, outcome: str = "clean", fingerprint: str = "f" * 64) -> Document:
    return Document(
        tool=record.Tool(
            pinned_cli_version="1", model="m", effort="e", profile="p", codex_sha256="0" * 64,
            codex_reference="codex.lock", proposer_version="1", provider="rehearsal",
        ),
        run=record.Run(
            id=draft.id, name="review", timestamp_utc="t", started_at="t", finished_at="t", runner="workstation",
            job_id=None, workflow=None, actor=None, repo=None, outcome=outcome, fingerprint=fingerprint, unlocked=False,
            git=record.GitPart(base_sha="b0", head_sha=None, tree="0"), lock_from="base",
        ),
        inputs=record.Inputs(
            prompt_file=None, prompt_sha256=None, agents_md_sha256=None, rules_sha256=None, skills_sha256=None,
            output_schema_file=None, schema_sha256=None, config_sha256=None, lock_sha256=None, diff_sha256=None,
            untrusted=[], provider_sha256=None,
        ),
        policy=record.Policy.model_validate({"sandbox": "read-only", "shell": True}),
        outputs=record.Outputs(
            final_message_file=None, jsonl_log_file="events.jsonl", files_changed=[], artifacts_sha256=draft.artifacts()
        ),
        result={},
    )  # fmt: skip


def kept(store: Store, identifier: str = ID, **facts: str) -> Path:
    """Keep a record of two files."""
    draft = store.draft(identifier, lambda text: text.replace("SECRET", "[REDACTED]"))
    draft.write("answer.json", "{}")
    draft.write("prompt.md", "a SECRET prompt")
    found = document(draft, **facts)
    return store.keep(draft, found, lambda digest: statement.of(found, digest))


@pytest.fixture
def store(repo: Lab) -> Store:
    return Store(repo.root)


def test_a_record_is_whole_ignored_by_git_and_private(store: Store, repo: Lab) -> None:
    folder = kept(store)
    assert {path.name for path in folder.iterdir()} == {"answer.json", "prompt.md", "record.json", "statement.json"}
    assert list(store.problems(folder)) == []
    assert repo.git("status", "--porcelain") == ""
    assert "SECRET" not in (folder / "prompt.md").read_text(encoding="utf-8")
    assert (store.runs.stat().st_mode | folder.stat().st_mode) & 0o077 == 0
    assert not list(store.folder.glob("draft-*"))


def test_the_statement_names_record_and_run(store: Store) -> None:
    folder = kept(store)
    found = json.loads((folder / "statement.json").read_bytes())
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://slsa.dev/provenance/v1"
    assert found["subject"] == [{"name": "answer.json", "digest": {"sha256": digests.of_file(folder / "answer.json")}}]
    details = found["predicate"]["runDetails"]
    assert details["metadata"]["invocationId"] == ID
    assert {row["name"] for row in details["byproducts"]} == {"record.json", "prompt.md"}
    assert digests.canonical(found) == (folder / "statement.json").read_bytes()


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return apply


def linked(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / name).rename(folder.parent / "aside")
        (folder / name).symlink_to(folder.parent / "aside")

    return apply


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(rewrite("answer.json", lambda data: data + b" "), "answer.json was changed", id="a-byte-more"),
        pytest.param(rewrite("record.json", lambda data: data + b"\n"), "record.json is not", id="record"),
        pytest.param(rewrite("statement.json", lambda data: data + b"\n"), "statement.json is not", id="statement"),
        pytest.param(lambda folder: (folder / "prompt.md").unlink(), "prompt.md is missing", id="a-file-removed"),
        pytest.param(lambda folder: (folder / "record.json").unlink(), "record.json is missing", id="record-removed"),
        pytest.param(lambda folder: (folder / "statement.json").unlink(), "statement.json is missing", id="none"),
        pytest.param(lambda folder: (folder / "x").write_bytes(b""), "x was added", id="a-file-added"),
        pytest.param(lambda folder: (folder / "x").mkdir(), "x is not a regular file", id="a-folder-added"),
        pytest.param(lambda folder: os.mkfifo(folder / "x"), "x is not a regular file", id="a-pipe-added"),
        pytest.param(linked("answer.json"), "answer.json is not a regular file", id="a-link-to-the-same-bytes"),
        pytest.param(linked("statement.json"), "statement.json is not a regular file", id="a-linked-statement"),
        pytest.param(
            lambda folder: (folder / "statement.dsse.json").write_bytes(seal(b"{}", STATEMENT, ADA)),
            "statement.dsse.json does not hold", id="an-envelope-around-something-else",
        ),
        pytest.param(
            lambda folder: (folder / "statement.dsse.json").write_text("nonsense", "ascii"),
            "statement.dsse.json: the envelope cannot be read", id="an-envelope-that-is-none",
        ),
        pytest.param(
            lambda folder: (folder.parents[1] / "ledger").write_bytes(b""), "not the one in the ledger", id="no-ledger"
        ),
        pytest.param(
            lambda folder: (folder.parents[1] / "ledger").write_bytes(b"nonsense\n"), "ledger", id="a-damaged-ledger"
        ),
    ],
)  # fmt: skip
def test_every_change_of_a_record_is_named(store: Store, change: Callable[[Path], None], words: str) -> None:
    folder = kept(store)
    change(folder)
    try:
        problems = list(store.problems(folder))
    except RefusedError as error:
        problems = [error.message]
    assert any(words in problem for problem in problems), problems
    assert store.with_fingerprint("f" * 64) is None


def test_an_envelope_around_the_statement_is_no_problem(store: Store) -> None:
    folder = kept(store)
    sealed = seal((folder / "statement.json").read_bytes(), STATEMENT, ADA)
    (folder / "statement.dsse.json").write_bytes(sealed)
    assert store.signatures(folder) == (ADA.public_key.keyid,)
    assert list(store.problems(folder)) == []


def test_a_record_under_another_runs_name_is_named(store: Store) -> None:
    folder = kept(store)
    other = folder.with_name(ID.replace("0123abcd", "ffffffff"))
    folder.rename(other)
    assert any("belongs to run" in problem for problem in store.problems(other))


@pytest.mark.parametrize(
    ("outcome", "reused"),
    [("clean", True), ("findings", True), ("blocked", True), ("violated", True), ("unavailable", False),
     ("incomplete", False), ("invalid", False), ("drifted", False), ("interrupted", False)],
)  # fmt: skip
def test_only_a_finished_run_is_reused(store: Store, outcome: str, reused: bool) -> None:
    folder = kept(store, outcome=outcome)
    assert store.with_fingerprint("f" * 64) == (folder if reused else None)


@pytest.mark.parametrize("text", ["", "2", "../../etc", "\xff", "20260102T030405Z-ffffffff"])
def test_an_index_that_names_nothing_finds_nothing(store: Store, text: str) -> None:
    kept(store, outcome="clean")
    (store.folder / "fingerprints" / ("e" * 64)).write_bytes(text.encode("latin-1"))
    assert store.with_fingerprint("e" * 64) is None


def test_a_run_is_found_by_its_start_and_nothing_else(store: Store) -> None:
    folder = kept(store)
    other = kept(store, ID.replace("0123abcd", "0123ffff"))
    (store.runs / ID.replace("0123abcd", "9999abcd")).symlink_to(folder)
    assert store.find(ID) == folder
    assert store.find(ID[:-4] + "f") == other
    for name in ("", ID[:-4], "x", "..", ID.replace("0123abcd", "9999abcd")):
        with pytest.raises(UsageError) as caught:
            store.find(name)
        assert caught.value.hint


def outside(repo: Lab) -> Path:
    place = repo.scratch / "outside"
    place.mkdir()
    return place


@pytest.mark.parametrize("name", [".proposer", ".proposer/runs", ".proposer/fingerprints"])
def test_a_link_is_not_written_through(store: Store, repo: Lab, name: str) -> None:
    place = outside(repo)
    (repo.root / name).parent.mkdir(exist_ok=True)
    (repo.root / name).symlink_to(place)
    with pytest.raises(UsageError, match="is not a folder of this repository") as caught:
        store.check()
    assert name in caught.value.hint
    assert list(place.iterdir()) == []


def test_a_linked_ledger_and_a_linked_ignore_file_are_not_written_through(store: Store, repo: Lab) -> None:
    place = outside(repo)
    store.folder.mkdir()
    (store.folder / ".gitignore").symlink_to(place / "ignore")
    store.discard(store.draft(ID, str))
    assert list(place.iterdir()) == []
    store.ledger.path.symlink_to(place / "ledger")
    with pytest.raises(UsageError, match="ledger"):
        store.check_ledger()
    assert list(place.iterdir()) == []


def test_a_file_in_its_place_is_refused(store: Store, repo: Lab) -> None:
    repo.write(".proposer", "x")
    with pytest.raises(UsageError, match="is not a folder"):
        store.check()


@pytest.mark.parametrize("name", [".proposer/ledger", ".proposer/runs/x/record.json", ".Proposer/x"])
def test_a_folder_that_git_tracks_is_refused(store: Store, repo: Lab, name: str) -> None:
    repo.write(name, "x")
    repo.git("add", "-f", name)
    with pytest.raises(UsageError, match="is tracked by git") as caught:
        store.check()
    assert "git rm -r -q --cached .proposer" in caught.value.hint


@pytest.mark.linux
def test_a_folder_that_cannot_be_written_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="cannot be written") as caught:
        Store(Path("/proc")).draft(ID, str)
    assert "writable" in caught.value.hint


def test_what_a_killed_run_left_is_removed_and_a_living_ones_draft_stays(store: Store) -> None:
    living = store.draft(ID, str)
    left = store.folder / "draft-20200101T000000Z-00000000"
    left.mkdir()
    other = store.draft(ID.replace("0123abcd", "ffffffff"), str)
    assert not left.exists()
    assert living.folder.is_dir()
    store.discard(living)
    store.discard(other)
    assert not list(store.folder.glob("draft-*"))


def test_ids_are_times_and_unique() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    found = {record.new_id(now) for _ in range(10)}
    assert len(found) == 10
    assert all(name.startswith("20260102T030405Z-") for name in found)


def test_ids_of_one_second_sort_by_time() -> None:
    moments = [datetime(2026, 1, 2, 3, 4, 5, micro, tzinfo=UTC) for micro in (0, 4_000, 500_000, 996_000, 999_999)]
    names = [record.new_id(moment) for moment in moments]
    assert names == sorted(names)
    assert record.new_id(moments[0]) != record.new_id(moments[0])


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"schema_version": "1.0"}'])
def test_a_record_of_another_shape_is_refused(store: Store, text: str) -> None:
    folder = kept(store)
    (folder / "record.json").write_text(text, encoding="ascii")
    with pytest.raises(RefusedError, match="cannot be read"):
        store.document(folder)
