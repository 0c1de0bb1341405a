"""What the host renders files from; the same material always gives the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proposer.git import Git

__all__ = ["Material", "Rendering"]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a run leaves for the host.

    Attributes:
        answer: the validated answer, masked as the record holds it.
        arguments: what the caller gave, masked.
        git: git over a store that holds the trees.
        before: tree that the run started from.
        after: tree with what the model wrote; the same as `before` where it wrote nothing.
        files: pinned files of the base, by path.
    """

    answer: Mapping[str, Any]
    arguments: Mapping[str, str]
    git: Git
    before: str
    after: str
    files: Mapping[str, bytes]


Rendering = Callable[[Material], Mapping[str, bytes]]
"""Returns the content of each file to write, by path.

Raises:
    UsageError: an argument cannot be used.
    StopError: the answer, or the tree, does not let the files be written.
"""
