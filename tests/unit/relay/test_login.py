"""How a login is lent: linked, taken back, never copied over a newer one."""

import json
from pathlib import Path

import pytest

from proposer.errors import StopError
from proposer.relay.login import Login, find_login

TEXT = json.dumps({"tokens": {"access_token": "a" * 20, "refresh_token": "r" * 20}})


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "user" / "auth.json"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0o600)
    (tmp_path / "home").mkdir()
    return path


def test_what_is_written_through_the_link_is_the_users(mine: Path, tmp_path: Path) -> None:
    link = tmp_path / "home" / "auth.json"
    with Login(mine).lent(tmp_path / "home"):
        assert link.resolve() == mine
        link.write_text("refreshed", encoding="utf-8")
    assert (mine.read_text(encoding="utf-8"), link.is_symlink()) == ("refreshed", False)


@pytest.mark.parametrize(("meanwhile", "kept"), [("", "refreshed"), ("a new login", "a new login")])
def test_a_link_that_was_replaced_is_brought_back_unless_there_is_a_newer_login(
    mine: Path, tmp_path: Path, meanwhile: str, kept: str
) -> None:
    link = tmp_path / "home" / "auth.json"

    def run() -> None:
        with Login(mine).lent(tmp_path / "home"):
            link.unlink()
            link.write_text("refreshed", encoding="utf-8")
            if meanwhile:
                mine.write_text(meanwhile, encoding="utf-8")
            raise RuntimeError("whatever happens to the run")

    with pytest.raises(RuntimeError):
        run()
    assert (mine.read_text(encoding="utf-8"), mine.stat().st_mode & 0o777) == (kept, 0o600)
    assert [path.name for path in mine.parent.iterdir()] == ["auth.json"]
    assert not link.exists()


def test_it_is_lent_to_one_at_a_time(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with Login(mine).lent(tmp_path / "home"):
        with pytest.raises(StopError, match="another run has"), Login(mine).lent(tmp_path / "other"):
            pass
        assert not (tmp_path / "other" / "auth.json").exists()
    with Login(mine).lent(tmp_path / "other"):
        pass


def test_a_login_that_is_gone_is_said(mine: Path, tmp_path: Path) -> None:
    found = Login(mine)
    mine.unlink()
    with pytest.raises(StopError, match="cannot be read"), found.lent(tmp_path / "home"):
        pass
    assert (found.text(), "a" * 20 in repr(found)) == ("", False)


def test_the_home_of_codex_says_where_it_is(mine: Path, tmp_path: Path) -> None:
    assert find_login({"CODEX_HOME": str(mine.parent)}).path == mine
    (tmp_path / ".codex").symlink_to(mine.parent)
    assert find_login({"HOME": str(tmp_path)}).path == mine.resolve()
