"""A cassette is whole and of this format, or says in one line what it is instead; it plays what was recorded."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proposer import digests
from proposer.errors import Outcome, ProposerError, StopError, UsageError
from proposer.relay import tape as tapes
from proposer.relay.cassette import Cassette
from proposer.relay.places import RUN, Places
from proposer.relay.tape import Manifest

MESSAGE = {"type": "response.output_item.done", "item": {"type": "message", "text": f"see {RUN}/stage"}}
DONE = {"type": "response.completed", "response": {"id": "r"}}


def request(turn: int, text: str = "review this") -> dict[str, Any]:
    return {
        "turn": turn,
        "model": "gpt-5.5",
        "input": [{"type": "message", "role": "user", "content": f"{text} {turn}"}],
    }


def answer(turn: int, *events: dict[str, Any], status: int = 200, note: str = "", body: str = "") -> dict[str, Any]:
    return {"turn": turn, "status": status, "note": note, "body": body or None, "calls": [], "events": list(events)}


def tape(
    folder: Path, requests: list[dict[str, Any]], answers: list[dict[str, Any]], lock: bytes | None = b"x"
) -> Path:
    """Write a cassette of these exchanges."""
    record = folder / "record"
    record.mkdir()
    for name, rows in {"requests.jsonl": requests, "responses.jsonl": answers}.items():
        (record / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (record / "prompt.md").write_text("the prompt\n", encoding="utf-8")
    (record / "answer.json").write_text("{}\n", encoding="utf-8")
    manifest = Manifest(
        run="r1", workflow="review", outcome="clean", fingerprint="f", provider="rehearsal", model="gpt-5.5",
        effort="medium", codex_version="0.163.0", codex_sha256="c", proposer_version="0.1.0", base="b", head=None,
        tree="t", files={},
    )  # fmt: skip
    tapes.write(folder / "tape", manifest, record, lock)
    return folder / "tape"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cassette of two exchanges."""
    return tape(tmp_path, [request(1), request(2)], [answer(1, MESSAGE, DONE), answer(2, DONE)])


def edit(folder: Path, **more: Any) -> None:
    """Change fields of the manifest."""
    path = folder / tapes.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")


def reseal(folder: Path, name: str, data: bytes) -> None:
    """Replace a file and its digest."""
    (folder / name).write_bytes(data)
    files = json.loads((folder / tapes.MANIFEST).read_text(encoding="utf-8"))["files"]
    edit(folder, files=files | {name: digests.of_bytes(data)})


def become_pipe(folder: Path) -> None:
    (folder / "prompt.md").unlink()
    os.mkfifo(folder / "prompt.md")


def cut(folder: Path) -> None:
    path = folder / "responses.jsonl"
    path.write_bytes(path.read_bytes()[:-30])


def test_a_cassette_holds_the_digest_of_every_file_and_the_lock(folder: Path) -> None:
    document = json.loads((folder / tapes.MANIFEST).read_text(encoding="utf-8"))
    present = {path.name for path in folder.iterdir()} - {tapes.MANIFEST}
    assert document["schema"] == "proposer/cassette/v1"
    assert (
        set(document["files"])
        == present
        == {"requests.jsonl", "responses.jsonl", "prompt.md", "answer.json", "codex.lock"}
    )
    assert all(digests.of_file(folder / name) == digest for name, digest in document["files"].items())
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def lose_folder(folder: Path) -> None:
    folder.rename(folder.parent / "gone")


def become_file(folder: Path) -> None:
    lose_folder(folder)
    folder.write_text("x", encoding="utf-8")


def lose(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def become_record(folder: Path) -> None:
    (folder / tapes.MANIFEST).rename(folder / "record.json")


def put(name: str, data: bytes) -> Callable[[Path], object]:
    """Return the damage that gives a file other bytes, and leaves its digest as it is."""
    return lambda folder: (folder / name).write_bytes(data)


def seal(name: str, data: bytes) -> Callable[[Path], None]:
    """Return the damage that gives a file other bytes and fits the digest."""
    return lambda folder: reseal(folder, name, data)


def say(**fields: Any) -> Callable[[Path], None]:
    """Return the damage that changes fields of the manifest."""
    return lambda folder: edit(folder, **fields)


ELSEWHERE = dict.fromkeys(("requests.jsonl", "responses.jsonl", "prompt.md", "../x"), "0")


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        pytest.param(lose_folder, 2, "does not exist", id="no-folder"),
        pytest.param(become_file, 2, "is not a folder", id="a-file"),
        pytest.param(lose(tapes.MANIFEST), 2, "has no cassette.json", id="no-manifest"),
        pytest.param(become_record, 2, "is a record, not a cassette", id="a-record"),
        pytest.param(put(tapes.MANIFEST, b"{"), 2, "cannot be read", id="manifest-cut"),
        pytest.param(put(tapes.MANIFEST, b"[" * 100_000), 2, "cannot be read", id="manifest-nested"),
        pytest.param(put(tapes.MANIFEST, b"\xff"), 2, "cannot be read", id="manifest-not-utf8"),
        pytest.param(say(schema="proposer/cassette/v2"), 2, "'proposer/cassette/v2'", id="another-format"),
        pytest.param(say(surprise=1), 2, "cannot be read", id="unknown-field"),
        pytest.param(say(files={}), 2, "does not list requests.jsonl", id="nothing-listed"),
        pytest.param(say(files=ELSEWHERE), 2, "'../x'", id="path-outside"),
        pytest.param(lose("responses.jsonl"), 3, "responses.jsonl of cassette tape is missing", id="file-missing"),
        pytest.param(become_pipe, 3, "prompt.md of cassette tape is missing", id="a-pipe-is-not-read"),
        pytest.param(cut, 3, "responses.jsonl of cassette tape is not what", id="file-cut-short"),
        pytest.param(put("prompt.md", b"other"), 3, "prompt.md of cassette tape is not what", id="file-edited"),
        pytest.param(put("codex.lock", b"other"), 3, "codex.lock of cassette tape is not what", id="lock-edited"),
        pytest.param(seal("responses.jsonl", b"{\n"), 2, "no exchange", id="line-not-json"),
        pytest.param(seal("responses.jsonl", b'{"turn": "x"}\n'), 2, "no exchange", id="line-of-another-shape"),
        pytest.param(seal("requests.jsonl", b"[]\n"), 2, "no exchange", id="request-not-an-object"),
    ],
)
def test_a_damaged_cassette_says_so_in_one_line_with_the_fix(
    folder: Path, damage: Callable[[Path], object], code: int, words: str
) -> None:
    Cassette.read(folder)
    damage(folder)
    with pytest.raises(ProposerError) as caught:
        Cassette.read(folder)
    error = caught.value
    assert (error.outcome.exit_code if isinstance(error, StopError) else error.exit_code) == code
    assert words in error.message
    assert "\n" not in error.message
    assert any(fix in error.hint for fix in ("--record", "inv codex.replay"))


def test_a_cassette_of_another_codex_is_not_played(folder: Path) -> None:
    Cassette.read(folder).fits("0.163.0")
    with pytest.raises(StopError, match=r"recorded with codex 0\.163\.0, codex\.lock pins 0\.164\.0") as caught:
        Cassette.read(folder).fits("0.164.0")
    assert caught.value.outcome is Outcome.DRIFTED


def play(tape: Cassette, line: dict[str, Any]) -> str:
    """Send one request and return the whole answer; empty where the run must end."""
    if tape.meets(json.dumps(line)):
        return ""
    return b"".join(tape.reply(b"", {}).body).decode()


def test_equal_requests_get_the_recorded_answers_with_this_runs_folders(folder: Path) -> None:
    tape = Cassette.read(folder).play(Places({RUN: Path("/there")}))
    first = play(tape, request(1))
    assert "see /there/stage" in first
    assert first.startswith("event: response.output_item.done\ndata: {")
    assert "response.completed" in play(tape, request(2))
    assert tape.failure() is None
    assert tape.difference == ""


def test_another_request_stops_the_run_and_is_shown(folder: Path) -> None:
    tape = Cassette.read(folder)
    reason = tape.meets(json.dumps(request(1, "review that")))
    failure = tape.failure()
    assert reason == "request 1 differs from the recorded one in: prompt"
    assert "-review this 1\n+review that 1" in tape.difference
    assert failure is not None
    assert failure.outcome is Outcome.DRIFTED
    assert "--record" in failure.hint


def test_one_request_more_or_less_is_a_difference(folder: Path) -> None:
    more = Cassette.read(folder)
    for turn in (1, 2):
        play(more, request(turn))
    assert more.meets(json.dumps(request(3))) == "codex sends request 3, the recorded run ended after 2"
    less = Cassette.read(folder)
    play(less, request(1))
    for found, words in ((more.failure(), "request 3"), (less.failure(), "sent 1 request(s), the recorded run 2")):
        assert found is not None
        assert (found.outcome, words in found.message) == (Outcome.DRIFTED, True)


def test_an_error_is_answered_as_it_was(tmp_path: Path) -> None:
    tape_ = Cassette.read(tape(tmp_path, [request(1)], [answer(1, status=429, note="HTTP 429: slow", body="slow")]))
    assert tape_.meets(json.dumps(request(1))) == ""
    reply = tape_.reply(b"", {})
    assert (reply.status, b"".join(reply.body)) == (429, b"slow")
    assert tape_.failure() is None


@pytest.mark.parametrize(
    "answers", [[answer(1, MESSAGE, note="the stream was dropped")], []], ids=["dropped", "never-answered"]
)
def test_a_recording_that_ended_without_an_answer_is_no_drift(tmp_path: Path, answers: list[dict[str, Any]]) -> None:
    tape_ = Cassette.read(tape(tmp_path, [request(1)], answers))
    assert tape_.meets(json.dumps(request(1))) == ""
    with pytest.raises(ConnectionError):
        list(tape_.reply(b"", {}).body)
    assert "ended without an answer" in tape_.meets(json.dumps(request(2)))
    failure = tape_.failure()
    assert failure is not None
    assert failure.outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("files", "outcome", "words"),
    [
        pytest.param({}, "clean", [], id="the-same"),
        pytest.param({"answer.json": "{} \n"}, "clean", ["answer.json is not the recorded one"], id="another-answer"),
        pytest.param({"answer.json": None}, "clean", ["answer.json is not the recorded one"], id="no-answer"),
        pytest.param({"proposal.patch": "x"}, "clean", ["proposal.patch is not the recorded one"], id="a-proposal"),
        pytest.param({"prompt.md": "y"}, "clean", ["prompt.md is not the recorded one"], id="another-prompt"),
        pytest.param({}, "blocked", ["the recorded run was clean, this one is blocked"], id="another-verdict"),
    ],
)
def test_another_result_of_the_same_exchanges_is_told(
    folder: Path, tmp_path: Path, files: dict[str, str | None], outcome: str, words: list[str]
) -> None:
    now = tmp_path / "now"
    now.mkdir()
    for name, text in ({"prompt.md": "the prompt\n", "answer.json": "{}\n"} | files).items():
        if text is not None:
            (now / name).write_text(text, encoding="utf-8")
    assert Cassette.read(folder).unlike(now, outcome) == words


def test_a_cassette_goes_into_a_new_or_an_empty_folder_only(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    tapes.check_target(tmp_path / "new")
    tapes.check_target(tmp_path / "empty")
    for name in ("full", "full/x"):
        with pytest.raises(UsageError, match="not an empty folder"):
            tapes.check_target(tmp_path / name)


def test_a_cassette_that_cannot_be_written_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        tapes.write(tmp_path / "file" / "tape", Cassette.read(folder).manifest, folder, None)
