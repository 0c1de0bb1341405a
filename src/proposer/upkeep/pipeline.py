"""Which files are CI files, and who reads each."""

import re

from proposer.upkeep import githubfile, gitlabfile
from proposer.upkeep.job import Pipeline

__all__ = ["is_pipeline", "read"]

_PLACES = re.compile(r"\.github/workflows/[^/]+\.ya?ml|(.*/)?action\.ya?ml|\.gitlab-ci\.yml|\.gitlab/.+\.ya?ml")


def is_pipeline(path: str) -> bool:
    """Tell whether a path is that of a CI file."""
    return _PLACES.fullmatch(path) is not None


def read(path: str, data: bytes) -> Pipeline:
    """Read a CI file.

    Raises:
        ValueError: not YAML of a sensible size, or not of the form that its place asks for.
    """
    if path.startswith(".gitlab"):
        return gitlabfile.read(data)
    return githubfile.read(data) if path.startswith(".github/workflows/") else githubfile.composite(data)
