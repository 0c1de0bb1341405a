"""The world around a run: every kind of trace is seen, and what a run may write is not taken for one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proposer.proving.arena import nonce
from proposer.proving.world import World


def world(folder: Path) -> World:
    for name in ("top/inner", "top/aside", "runs"):
        (folder / name).mkdir(parents=True)
    (folder / "top" / "kept.txt").write_text("kept", encoding="utf-8")
    return World(folders=(folder / "top",), aside=(folder / "top" / "aside",), runs=folder / "runs")


def test_nothing_changed_is_no_trace(tmp_path: Path) -> None:
    seen = world(tmp_path)
    before = seen.files()
    (tmp_path / "top" / "aside" / "record").write_text("x", encoding="utf-8")
    assert list(seen.changes(before, nonce())) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda top: (top / "new").write_text("x"), "new was written", id="a-file"),
        pytest.param(lambda top: (top / "inner" / "d").mkdir(), "inner/d was written", id="a-folder"),
        pytest.param(lambda top: (top / "l").symlink_to("/nowhere"), "l was written", id="a-dangling-link"),
        pytest.param(lambda top: (top / "kept.txt").write_text("keep"), "kept.txt was changed", id="same-size"),
        pytest.param(lambda top: (top / "kept.txt").unlink(), "kept.txt was removed", id="removed"),
        pytest.param(lambda top: (top / "kept.txt").chmod(0o755), "kept.txt was changed", id="executable"),
        pytest.param(lambda top: (top.parent / "runs" / "run-x").mkdir(), "left behind", id="a-run's-folder"),
    ],
)
def test_each_change_is_a_trace(tmp_path: Path, change: object, words: str) -> None:
    seen = world(tmp_path)
    os.utime(tmp_path / "top" / "kept.txt", (1, 1))
    before = seen.files()
    change(tmp_path / "top")  # type: ignore[operator]
    found = list(seen.changes(before, nonce()))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.linux
def test_a_file_in_a_shared_folder_is_found_by_the_word_of_its_attack(tmp_path: Path) -> None:
    seen, word = world(tmp_path), nonce()
    place = Path("/tmp") / f"x-{word}-y"
    place.write_text("", encoding="utf-8")
    assert any(str(place) in trace for trace in seen.changes(seen.files(), word))
    assert not place.exists()


@pytest.mark.linux
@pytest.mark.parametrize("where", ["argument", "environment"])
def test_a_process_that_outlives_its_run_is_found_and_ended(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proposer.proving.world._PATIENCE", 1.0)
    seen, word = world(tmp_path), nonce()
    argv = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    env = {"PATH": os.environ["PATH"]}
    if where == "argument":
        argv.append(word)
    else:
        env["DRILL"] = word
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE) as left:
        assert left.stdout is not None
        assert left.stdout.readline() == b"up\n"
        assert any("outlived the run" in trace for trace in seen.leftovers([word]))
        assert left.wait(timeout=60) == -9
