"""Uploads and downloads of the stand-in actions: folders on this machine."""

import os
import shutil
import sys
from pathlib import Path

STORE, NAME = Path(os.environ["STANDIN_ARTIFACTS"]), os.environ["NAME"]
PATHS = [Path(line.strip()) for line in os.environ["PATHS"].splitlines() if line.strip()]


def upload() -> None:
    """Copy what is there, relative to the folder that all paths have in common."""
    shared = Path(os.path.commonpath([path.absolute() for path in PATHS]))
    root = shared if shared.is_dir() else shared.parent
    shutil.rmtree(STORE / NAME, ignore_errors=True)
    for path in PATHS:
        for source in [path, *path.rglob("*")] if path.exists() else ():
            if source.is_file():
                target = STORE / NAME / source.absolute().relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def download() -> None:
    """Copy one artifact into a folder, or each that fits a pattern into a folder of its name.

    STANDIN_SWAP holds what another job does to it before.
    """
    exec(os.environ.get("STANDIN_SWAP", ""))  # noqa: S102 - a test's own words
    if NAME:
        shutil.copytree(STORE / NAME, PATHS[0], dirs_exist_ok=True)
        return
    for source in STORE.glob(os.environ["PATTERN"]):
        shutil.copytree(source, PATHS[0] / source.name, dirs_exist_ok=True)


{"upload": upload, "download": download}[sys.argv[1]]()
