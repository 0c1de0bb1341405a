"""Builds sdist and wheel twice, compares the bytes, and compares what the wheel holds with the sources."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ("prompts", "schemas", "skills", "template")


def build(target: Path) -> dict[str, bytes]:
    """Build both distributions (the wheel from the sdist) and return their bytes by file name."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT)],
        check=True,
        env=env,
        stdout=subprocess.DEVNULL,
    )
    return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


def committed(*folders: str) -> set[str]:
    """Return the committed files below folders, relative to the repository."""
    done = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, check=True, capture_output=True)
    return {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}


def expected() -> set[str]:
    """Return what the wheel must hold: the package, and every committed asset below `_assets`."""
    package = {name.removeprefix("src/") for name in committed("src/proposer")}
    return package | {f"proposer/_assets/{name}" for name in committed(*ASSETS)}


def main() -> int:
    """Print what differs; 1 where something does."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        one, two = build(Path(first)), build(Path(second))
        wheel = next(Path(first).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            held = {name for name in archive.namelist() if ".dist-info/" not in name}
    problems = [f"{name}: two builds differ" for name in one if one[name] != two.get(name)]
    problems += [f"{name}: missing in the wheel" for name in sorted(expected() - held)]
    problems += [f"{name}: in the wheel, but not committed" for name in sorted(held - expected())]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(held)} files in the wheel, {', '.join(one)}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
