"""Baked repositories as a user gets them, and running their own programs in them."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer.config import assets
from proposer.config.answers import chosen
from proposer.generation import generate
from rehearsals import CODE, TEST, narrowed

TEMPLATE = assets.folder("template")
SOURCE = TEMPLATE / "{{cookiecutter.project_slug}}"
HOSTILE = {
    "project_name": 'O\'Connor & Søn "Ltd" {{x}} {% y %} <b>*z* \\ 🎉',
    "author_name": 'Ørsted "Ö" {# O\'Neil #} ${{ secrets.X }}',
}


def bake(folder: Path, answers: Mapping[str, str]) -> Path:
    """Generate a repository, and let git know it."""
    generate(folder, answers, no_input=True)
    subprocess.run(["git", "init", "-q", "-b", "main", "--template="], cwd=folder, check=True, env=clean(folder))
    return folder


def clean(home: Path, **more: str) -> dict[str, str]:
    """Return an environment that owes nothing to the caller's but PATH."""
    tools = str(Path(sys.executable).parent)
    base = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    return base | {"GIT_CONFIG_NOSYSTEM": "1", "PYTHONDONTWRITEBYTECODE": "1"} | more


def tree(folder: Path) -> dict[str, bytes]:
    """Return path and bytes of every file, but for git's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != ".git"
    }


def source_of(name: str, repository: Path) -> Path | None:
    """Return the file of the template that a generated file was made from, if it is one of the template's own."""
    answers = answers_of(repository)
    name = name.replace(f"src/{answers['package_name']}/", "src/{{cookiecutter.package_name}}/")
    given = chosen(answers)
    overlays = [path for path in sorted((SOURCE / ".overlays").iterdir()) if set(path.name.split("+")) <= given]
    found = [folder / name for folder in (SOURCE, *overlays) if (folder / name).is_file()]
    return found[-1] if found else None


def answers_of(folder: Path) -> dict[str, str]:
    """Return the answers that a repository was generated with."""
    document = json.loads((folder / ".proposer-template.json").read_text(encoding="utf-8"))
    return dict(document["answers"])


def metadata_of(repository: Path, site: Path) -> Path:
    """Let the repository's build backend write its metadata, and unpack them where Python finds them."""
    code = "import sys, hatchling.build as b; print(b.build_editable(sys.argv[1]))"
    wheels = site / "wheels"
    wheels.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(wheels)], cwd=repository, env=clean(site), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(wheels / done.stdout.strip().splitlines()[-1]) as wheel:
        wheel.extractall(site, [name for name in wheel.namelist() if ".dist-info/" in name])
    return site


@dataclass(frozen=True)
class Bench:
    """A repository of our own, with programs of this environment at hand."""

    root: Path
    site: Path

    @classmethod
    def copy(cls, source: Path, target: Path, site: Path) -> "Bench":
        shutil.copytree(source, target, symlinks=True)
        return cls(root=target, site=site)

    @property
    def answers(self) -> dict[str, str]:
        return answers_of(self.root)

    @property
    def package(self) -> str:
        return self.answers["package_name"]

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text that must be there; `PKG` stands for the package's name."""
        path = self.root / name.replace("PKG", self.package)
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file; `PKG` in name and text stands for the package's name."""
        path = self.root / name.replace("PKG", self.package)
        path.write_text(text.replace("PKG", self.package), encoding="utf-8")

    def plant(self) -> None:
        """Add a module with a test, let few checks judge proposals, and lock that; a bug of it is for the caller."""
        self.write("proposer.toml", narrowed((self.root / "proposer.toml").read_text(encoding="utf-8")))
        self.write("src/PKG/dev/fees.py", CODE)
        self.write("tests/test_fees.py", TEST)
        done = self.run("inv", "codex.lock")
        assert done.returncode == 0, done.stderr

    def run(self, program: str, *argv: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment in the repository, with a HOME of its own."""
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        paths = os.pathsep.join((str(self.root / "src"), str(self.site)))
        return subprocess.run(
            [str(Path(sys.executable).with_name(program)), *argv], cwd=cwd or self.root, stdin=subprocess.DEVNULL,
            env=clean(home, PYTHONPATH=paths, **env), capture_output=True, text=True, check=False,
        )  # fmt: skip
