"""The pin of Codex, moved between published versions; session `upgrade`, since it needs the package index."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab import Lab, wire
from proposer.config import lockfile
from proposer.upkeep import pinning

OLDER = "0.162.1"
"""Runs come out alike under it; only details of requests and features differ."""
BROKEN = "0.133.0"
"""Knows no permission profiles: `codex sandbox` has no `-P`, and `codex exec` ends before its first event."""
REPIN = """
import sys
from pathlib import Path
from proposer.config.lockfile import Lock
from proposer.upkeep import specimen
lock = Lock(codex_version="0", model="gpt-5.5", effort="medium", proposer_version="0")
specimen.repinned(Path(sys.argv[1]), lock)
"""


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the older Codex; the one that this library came with is installed."""
    return pinning.install(OLDER, tmp_path_factory.mktemp("codex") / OLDER, environment=os.environ).site


def python(lab: Lab, *argv: str, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_", "SSL_")) or key == "PATH"}
    env = {**kept, "HOME": str(lab.home), "LANG": "C.UTF-8", "PYTHONPATH": str(site) if site else ""}
    return subprocess.run(
        [sys.executable, *argv], cwd=lab.root, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=3000,
    )  # fmt: skip


def repository(tmp_path: Path, site: Path | None) -> Lab:
    """Make a wired repository whose lock pins the Codex of a folder."""
    lab = Lab(root=tmp_path / "repo", scratch=tmp_path / "scratch", home=tmp_path / "home")
    for folder in (lab.root, lab.scratch, lab.home):
        folder.mkdir()
    lab.git("init", "-q", "-b", "main")
    wire(lab.root)
    version = OLDER if site else lockfile.CODEX_VERSION
    lab.write("requirements/dev.txt", f"openai-codex-cli-bin=={version} \\\n    --hash=sha256:{'0' * 64}\n")
    lab.write("pyproject.toml", f'[project.optional-dependencies]\ndev = ["openai-codex-cli-bin=={version}"]\n')
    done = python(lab, "-c", REPIN, str(lab.root), site=site)
    assert done.returncode == 0, done.stderr
    lab.commit("wired")
    return lab


def upgraded(lab: Lab, version: str, site: Path | None = None) -> tuple[int, dict[str, Any]]:
    done = python(lab, "-m", "invoke", "codex.lock", "--upgrade", version, "--json", site=site)
    return done.returncode, json.loads(done.stdout)


def test_the_pin_moves_to_a_version_that_works(tmp_path: Path, older: Path) -> None:
    lab = repository(tmp_path, older)
    code, document = upgraded(lab, lockfile.CODEX_VERSION, older)
    assert (code, document["exit"]) == (0, 0), document
    assert not any(row["breaks"] for row in document["differences"])
    assert any(row["what"].startswith("feature ") for row in document["differences"]), "a diff of behaviour is told"
    assert document["files"] == ["codex.lock", "pyproject.toml", "requirements/dev.txt"]
    lock = lockfile.parse((lab.root / "codex.lock").read_text(encoding="utf-8"))
    assert lock.codex_version == lockfile.CODEX_VERSION
    assert set(lock.codex_sha256.items()) <= set(lockfile.CODEX_SHA256.items())
    requirements = (lab.root / "requirements/dev.txt").read_text(encoding="utf-8")
    assert requirements.count("--hash=sha256:") > 1
    assert "0" * 64 not in requirements
    assert python(lab, "-m", "invoke", "codex.lock", "--check").returncode == 0, "what is installed is what is pinned"


def test_a_version_that_breaks_runs_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    lab = repository(tmp_path, None)
    code, document = upgraded(lab, BROKEN)
    assert (code, document["files"]) == (7, [])
    broken = {row["what"] for row in document["differences"] if row["breaks"]}
    assert {"option codex sandbox -P", "run `look`", "run `write`", "rules"} <= broken
    assert lab.git("status", "--porcelain") == ""


def test_a_version_that_nobody_published_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    lab = repository(tmp_path, None)
    code, document = upgraded(lab, "0.99999.0")
    assert (code, document["exit"]) == (2, 2)
    assert "is not to be had" in document["message"]
    assert lab.git("status", "--porcelain") == ""
