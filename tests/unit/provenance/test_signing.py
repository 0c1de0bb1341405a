"""The signing key of a desk: made once, for its owner alone."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from proposer.errors import RefusedError, UsageError
from proposer.provenance.signing import FILE, Place, signer

FIRST = (
    "import sys\nfrom proposer.provenance.signing import signer\nprint(signer({'HOME': sys.argv[1]}).public_key.keyid)"
)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it fails, as where it is not installed


def test_the_first_time_makes_a_key_and_later_ones_take_it(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    first = signer(environment).public_key.keyid
    path = tmp_path / ".config" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert signer(environment).public_key.keyid == first
    assert signer({"HOME": "/nowhere", "XDG_CONFIG_HOME": str(tmp_path / ".config")}).public_key.keyid == first
    assert signer({"HOME": str(tmp_path / "other")}).public_key.keyid != first


def test_ten_at_once_agree_on_one_key(tmp_path: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", FIRST, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    assert len({child.communicate()[0] for child in started}) == 1
    assert [child.returncode for child in started] == [0] * 10


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610])
def test_a_key_that_others_may_read_or_write_is_not_used(tmp_path: Path, mode: int) -> None:
    signer({"HOME": str(tmp_path)})
    (tmp_path / ".config" / FILE).chmod(mode)
    with pytest.raises(RefusedError, match="by others"):
        signer({"HOME": str(tmp_path)})


def test_a_link_a_folder_and_another_kind_of_key_are_not_used(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    path = tmp_path / ".config" / FILE
    path.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="cannot be read"):
        signer(environment)
    path.unlink()
    path.mkdir()
    with pytest.raises(RefusedError, match="not a regular file"):
        signer(environment)
    path.rmdir()
    rsa = ["openssl", "genpkey", "-algorithm", "X25519"]
    path.touch(mode=0o600)
    with pytest.raises(RefusedError, match="cannot be read"):
        signer(environment)
    path.write_bytes(subprocess.run(rsa, capture_output=True, check=True).stdout)
    with pytest.raises(RefusedError, match="not ed25519"):
        signer(environment)


def test_a_key_of_openssl_is_taken(tmp_path: Path) -> None:
    path = tmp_path / ".config" / FILE
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519"], capture_output=True, check=True).stdout
    path.write_bytes(made)
    shown = subprocess.run(
        ["openssl", "pkey", "-pubout", "-outform", "DER"], input=made, capture_output=True, check=True
    )
    assert signer({"HOME": str(tmp_path)}).public_key.keyid == f"ed25519:{shown.stdout[-32:].hex()}"


def test_somebody_elses_key_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer({"HOME": str(tmp_path)})
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(RefusedError, match="somebody else"):
        signer({"HOME": str(tmp_path)})


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("")
    with pytest.raises((UsageError, RefusedError)):
        signer({"HOME": str(tmp_path)})


def test_the_keyring_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    ring = SimpleNamespace(
        get_password=lambda *name: kept.get(name), set_password=lambda *given: kept.update({given[:2]: given[2]})
    )
    monkeypatch.setitem(sys.modules, "keyring", ring)
    first = signer({"HOME": str(tmp_path)}).public_key.keyid
    assert list(kept) == [("proposer", "signing")]
    assert not Place({"HOME": str(tmp_path)}).path.exists()
    assert signer({"HOME": "/nowhere"}).public_key.keyid == first


def test_a_keyring_that_keeps_nothing_is_not_relied_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = SimpleNamespace(get_password=lambda *_: None, set_password=lambda *_: None)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    first = signer({"HOME": str(tmp_path)}).public_key.keyid
    assert Place({"HOME": str(tmp_path)}).path.is_file()
    assert signer({"HOME": str(tmp_path)}).public_key.keyid == first
