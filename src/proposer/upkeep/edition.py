"""Editions of the template: the installed one, and the older one that made a repository."""

import importlib.util
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer import __version__, process
from proposer.config import assets, editions
from proposer.errors import UsageError

__all__ = ["Edition", "fetch", "fetched", "installed"]

_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD")
_INSTALLERS = re.compile(r"(PIP|UV)_")
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One edition: the folder that holds `template/` and the shared assets, the package, and its version."""

    root: Path
    library: Path
    version: str

    @property
    def digest(self) -> str:
        """SHA-256 over all that generating reads, as a repository names what made it."""
        return editions.digest(self.root, self.library)

    @property
    def template(self) -> Path:
        """What cookiecutter takes."""
        return self.root / "template"


def installed() -> Edition:
    """Return the edition of this installation."""
    return Edition(root=assets.root(), library=Path(editions.__file__).resolve().parent.parent, version=__version__)


def fetched(version: str, source: str, scratch: Path, *, environment: Mapping[str, str]) -> Edition:
    """Get hold of an edition.

    Args:
        version: the version that is wanted.
        source: a checkout, a wheel, an unpacked one, or what pip can install; empty: that version from the index.
        scratch: an empty folder for it.
        environment: the caller's; settings of pip and uv are taken from it.

    Raises:
        UsageError: it is not to be had, or is no proposer.
    """
    place = Path(source).expanduser() if source else None
    if place is not None and place.is_dir() and (found := _found(place)) is not None:
        return found
    if place is not None and place.is_file() and place.suffix == ".whl":
        try:
            with zipfile.ZipFile(place) as wheel:
                wheel.extractall(scratch)
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"{source} cannot be unpacked: {error}", "name another wheel") from error
    else:
        wanted = [str(place.absolute()) if place is not None and place.exists() else source]
        # From the index only a wheel: unpacking one runs nothing.
        argv = wanted if source else ["--only-binary", ":all:", f"proposer=={version}"]
        what = source or f"proposer=={version}, which made this repository,"
        fetch(argv, scratch, what=what, hint="name it: proposer update --from PATH-OR-URL", environment=environment)
    found = _found(scratch)
    if found is None:
        raise UsageError(f"{source or 'what the index has'} is no proposer", "name a checkout, a wheel or its URL")
    return found


def fetch(argv: list[str], target: Path, *, what: str, hint: str, environment: Mapping[str, str]) -> None:
    """Install a distribution without its dependencies into a folder of its own, by pip or uv.

    Raises:
        UsageError: neither is there, or the distribution is not to be had.
    """
    uv, pip = (shutil.which(name, path=environment.get("PATH")) for name in ("uv", "pip"))
    if importlib.util.find_spec("pip") is not None:
        tool = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    elif uv:
        tool = [uv, "pip", "install", "--python", sys.executable]
    elif pip:
        tool = [pip, "install", "--disable-pip-version-check", "--no-compile"]
    else:
        raise UsageError(f"{what} is not to be had: neither pip nor uv is installed here", "run: python -m ensurepip")
    env = {key: value for key, value in environment.items() if _INSTALLERS.match(key) or not _SECRET.search(key)}
    env = {
        key: value for key, value in env.items() if key not in ("PYTHONPATH", "PIP_TARGET", "PIP_USER", "PIP_PREFIX")
    }
    done = process.run([*tool, "--quiet", "--no-deps", "--target", str(target), *argv], env=env, timeout=1800)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        told = next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no reason given")
        raise UsageError(f"{what} is not to be had: {told.strip()[:300]}", hint)


def _found(folder: Path) -> Edition | None:
    """Return the edition that lies in a checkout, or in the place where a wheel was unpacked."""
    for root, package in (
        (folder, folder / "src" / "proposer"),
        (folder / "proposer" / "_assets", folder / "proposer"),
        (folder / "_assets", folder),
    ):
        wanted = [root / kind for kind in assets.KINDS]
        if all(map(os.path.isdir, wanted)) and (package / "__init__.py").is_file():
            match = _VERSION.search((package / "__init__.py").read_text(encoding="utf-8", errors="replace"))
            if match:
                return Edition(root=root.resolve(), library=package.resolve(), version=match[1])
    return None
