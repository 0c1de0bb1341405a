"""Folders of living and of killed processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

from proposer import claims

OWNER = (
    "import sys, time; from pathlib import Path; from proposer import claims\n"
    "print(claims.claim(Path(sys.argv[1]), 'run-').path, flush=True); time.sleep(600)"
)


def test_what_a_killed_process_left_is_swept_and_what_belongs_to_a_living_one_stays(tmp_path: Path) -> None:
    mine = claims.claim(tmp_path, "run-")
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        (theirs / "deep").mkdir()
        assert claims.sweep(tmp_path, "run-") == []
        other.kill()
        other.wait()
        assert claims.sweep(tmp_path, "run-") == [theirs]
    assert not theirs.exists()
    assert mine.path.is_dir()
    mine.release()
    assert claims.sweep(tmp_path, "run-") == [mine.path]


def test_a_claim_has_the_name_that_was_asked_for_and_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    claim = claims.claim(tmp_path, "draft-", "77")
    assert claim.path == tmp_path / "draft-77"
    assert claim.path.stat().st_mode & 0o777 == 0o700
    claim.release()


def test_links_files_and_other_names_are_never_swept(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "run-link").symlink_to(target)
    (tmp_path / "run-file").write_text("x", encoding="ascii")
    (tmp_path / "other").mkdir()
    assert claims.sweep(tmp_path, "run-") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "run-file", "run-link", "target"]


def test_a_folder_that_never_got_its_name_is_swept_only_when_it_is_old(tmp_path: Path) -> None:
    (tmp_path / "new-fresh").mkdir()
    old = tmp_path / "new-old"
    old.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    assert claims.sweep(tmp_path, "run-") == [old]


def test_a_folder_whose_owner_may_not_enter_it_is_removed_and_nothing_outside_is_touched(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    folder = tmp_path / "run-x"
    (folder / "shut" / "in" / "deep").mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    (folder / "shut" / "in").chmod(0)
    (folder / "shut").chmod(0)
    claims.remove(folder)
    assert not folder.exists()
    assert outside.stat().st_mode & 0o777 == 0o755
