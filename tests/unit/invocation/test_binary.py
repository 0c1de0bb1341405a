"""The pinned binary: found, compared with the lock, and missed in words."""

import os
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import codex_cli_bin
import pytest

from proposer.config.lockfile import Lock
from proposer.errors import StopError, UsageError
from proposer.invocation import binary


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> binary.Binary:
    """A small program in the place of the binary."""
    path = tmp_path / "codex"
    path.write_bytes(b"program")
    path.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return binary.Binary(path=path, package=tmp_path, tools=tmp_path, version="1.2.3")


def pins(found: binary.Binary, digest: str | None) -> Lock:
    known = {binary.platform_key(): digest} if digest else {}
    return Lock(codex_version=found.version, model="m", effort="e", proposer_version="1", codex_sha256=known)


def digest(found: binary.Binary) -> str:
    return binary.digests.of_file(found.path)


def test_the_installed_binary_is_found() -> None:
    found = binary.find()
    assert found.version == metadata.version("openai-codex-cli-bin")
    assert os.access(found.path, os.X_OK)
    assert found.path.is_relative_to(found.package)


def test_the_right_bytes_pass(small: binary.Binary) -> None:
    checked = binary.check(small, pins(small, digest(small)), cached=False)
    assert (checked.sha256, checked.reference) == (digest(small), "codex.lock")


@pytest.mark.parametrize("cached", [True, False])
def test_other_bytes_are_drift_also_where_a_digest_was_remembered(small: binary.Binary, cached: bool) -> None:
    lock = pins(small, digest(small))
    binary.check(small, lock, cached=True)
    small.path.write_bytes(b"another")
    with pytest.raises(StopError, match="sha256"):
        binary.check(small, lock, cached=cached)


def test_a_remembered_digest_is_not_believed_in_ci(small: binary.Binary, tmp_path: Path) -> None:
    lock = pins(small, "f" * 64)
    with pytest.raises(StopError):
        binary.check(small, lock, cached=True)
    kept = tmp_path / "cache" / "proposer" / "binary.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace(digest(small), "f" * 64), encoding="utf-8")
    assert binary.check(small, lock, cached=True).sha256 == "f" * 64
    with pytest.raises(StopError):
        binary.check(small, lock, cached=False)


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"key": 1}', "null"])
def test_a_damaged_memory_is_ignored(small: binary.Binary, tmp_path: Path, text: str) -> None:
    (tmp_path / "cache" / "proposer").mkdir(parents=True)
    (tmp_path / "cache" / "proposer" / "binary.json").write_text(text, encoding="ascii")
    assert binary.check(small, pins(small, digest(small)), cached=True).sha256 == digest(small)


def test_a_user_without_a_home_has_nothing_remembered(small: binary.Binary, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert binary.check(small, pins(small, digest(small)), cached=True).sha256 == digest(small)


def test_another_version_is_drift_and_the_hint_installs_the_pinned_one(small: binary.Binary) -> None:
    lock = replace(pins(small, None), codex_version="9.9.9")
    with pytest.raises(StopError, match=r"1\.2\.3 is installed, codex.lock pins 9\.9\.9") as caught:
        binary.check(small, lock, cached=False)
    assert "pip install openai-codex-cli-bin==9.9.9" in caught.value.hint


def test_on_a_platform_that_the_lock_does_not_know_the_wheels_own_list_is_the_reference(small: binary.Binary) -> None:
    with pytest.raises(StopError, match="RECORD pins"):
        binary.check(small, pins(small, None), cached=False)


def test_a_damaged_wheel_says_how_to_install_it_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing() -> Path:
        raise FileNotFoundError("installed but missing its packaged codex binary")

    with monkeypatch.context() as patch:
        patch.setattr(codex_cli_bin, "bundled_codex_path", missing)
        with pytest.raises(UsageError, match="not installed") as caught:
            binary.find()
        assert "pip install --force-reinstall openai-codex-cli-bin==" in caught.value.hint
    (tmp_path / "codex").write_bytes(b"not executable")
    monkeypatch.setattr(codex_cli_bin, "bundled_codex_path", lambda: tmp_path / "codex")
    with pytest.raises(UsageError, match="cannot be run"):
        binary.find()
