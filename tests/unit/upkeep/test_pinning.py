# ruff: noqa: E501 - files stand on one line
"""Every file that pins Codex is written anew, and an upgrade that cannot be made changes none."""

import tomllib
from pathlib import Path

import pytest

from lab import Lab
from proposer import locking
from proposer.config import assets, lockfile
from proposer.config import lock as locks
from proposer.errors import UsageError
from proposer.invocation import binary
from proposer.upkeep import pinning, upgrade

ROOT = Path(__file__).parents[3]
UV = "#!/bin/sh\ncat >/dev/null\nprintf 'openai-codex-cli-bin==9.9.9 \\\\\\n    --hash=sha256:new\\n'\n"


@pytest.fixture
def pinned(repo: Lab) -> Lab:
    repo.write("proposer.toml", "version = 1\n")
    locking.write(repo.root)
    version = lockfile.CODEX_VERSION
    repo.write(
        "requirements/dev.txt",
        f"a==1 \\\n    --hash=sha256:a\nopenai-codex-cli-bin=={version} \\\n    --hash=sha256:b \\\n    --hash=sha256:c\nz==1 \\\n    --hash=sha256:z\n",
    )
    repo.write("requirements.in", f"openai-codex-cli-bin=={version}  # pinned\n")
    repo.write("pyproject.toml", f'[project.optional-dependencies]\ndev = ["openai-codex-cli-bin=={version}"]\n')
    repo.write("notes.md", f"openai-codex-cli-bin=={version}\n")
    repo.commit()
    return repo


def rewritten(repo: Lab, path: str) -> dict[str, str]:
    lock = locks.read((repo.root / "codex.lock").read_bytes(), "x")
    digests = {"linux-x86_64": "1" * 64}
    changes = pinning.rewritten(repo.root, lock, "9.9.9", digests, environment={"PATH": path})
    return {name: after.data.decode() for name, (_, after) in changes.items() if after is not None}


def test_lock_requirements_and_dependencies_move_together(pinned: Lab, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(UV, encoding="utf-8")
    (tmp_path / "bin" / "uv").chmod(0o755)
    found = rewritten(pinned, str(tmp_path / "bin"))
    assert set(found) == {"codex.lock", "requirements/dev.txt", "requirements.in", "pyproject.toml"}
    assert found["requirements/dev.txt"] == (
        "a==1 \\\n    --hash=sha256:a\nopenai-codex-cli-bin==9.9.9 \\\n    --hash=sha256:new\nz==1 \\\n    --hash=sha256:z\n"
    )
    assert found["requirements.in"] == "openai-codex-cli-bin==9.9.9  # pinned\n"
    assert '"openai-codex-cli-bin==9.9.9"' in found["pyproject.toml"]
    lock = lockfile.parse(found["codex.lock"])
    assert (lock.codex_version, lock.codex_sha256) == ("9.9.9", {"linux-x86_64": "1" * 64})
    assert lock.files == locks.read((pinned.root / "codex.lock").read_bytes(), "x").files


def test_hashes_need_uv(pinned: Lab, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="uv is not here"):
        rewritten(pinned, str(tmp_path))


def test_a_moved_pin_stays_where_that_codex_is_installed_and_falls_back_where_not(
    repo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("proposer.toml", "version = 1\n")
    lock = lockfile.Lock(
        codex_version="9.9.9", model="m", effort="e", proposer_version="0", codex_sha256={"x": "1" * 64}
    )
    repo.write("codex.lock", lockfile.render(lock))
    here = binary.find()
    with monkeypatch.context() as patch:
        patch.setattr(
            binary,
            "find",
            lambda: binary.Binary(path=here.path, package=here.package, tools=here.tools, version="9.9.9"),
        )
        locking.write(repo.root)
    kept = locks.read((repo.root / "codex.lock").read_bytes(), "x")
    assert (kept.codex_version, kept.codex_sha256, kept.model) == ("9.9.9", {"x": "1" * 64}, "m")
    assert set(kept.files) == {"proposer.toml"}
    locking.write(repo.root)
    assert locks.read((repo.root / "codex.lock").read_bytes(), "x").codex_version == lockfile.CODEX_VERSION


def tried(repo: Lab, version: str) -> upgrade.Report:
    return upgrade.upgrade(
        repo.root, version, environment={"PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}, on_step=lambda _: None
    )


@pytest.mark.parametrize("version", ["", "next", "1", "0.1.0; rm -rf x", "-e", "0.1 "])
def test_what_is_no_version_is_refused(pinned: Lab, version: str) -> None:
    with pytest.raises(UsageError, match="is no version"):
        tried(pinned, version)


def test_the_pinned_version_needs_no_trial(pinned: Lab) -> None:
    report = tried(pinned, lockfile.CODEX_VERSION)
    assert (report.exit_code, report.files, report.differences) == (0, (), ())


def test_a_lock_that_does_not_fit_is_refused(pinned: Lab) -> None:
    pinned.write("proposer.toml", "version = 1\n# edited\n")
    with pytest.raises(UsageError, match=r"proposer\.toml is not the file"):
        tried(pinned, "9.9.9")


def test_a_version_that_is_not_to_be_had_changes_nothing(pinned: Lab) -> None:
    with pytest.raises(UsageError, match=r"codex 9\.9\.9 is not to be had"):
        tried(pinned, "9.9.9")
    assert pinned.git("status", "--porcelain") == ""


def test_the_template_and_this_library_name_the_same_codex() -> None:
    wanted = f'"openai-codex-cli-bin=={lockfile.CODEX_VERSION}"'
    template = assets.folder("template") / "{{cookiecutter.project_slug}}" / "pyproject.toml"
    assert wanted in template.read_text(encoding="utf-8")
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert f"openai-codex-cli-bin>={lockfile.CODEX_VERSION},<1" in needed
