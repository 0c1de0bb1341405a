"""How much CI may do by itself (automation level), read from a commit that the change did not write."""

import json
from typing import get_args

from proposer.config import settings as config
from proposer.config.answers import TEMPLATE_FILE
from proposer.config.publishing import Automation, Publish
from proposer.errors import UsageError
from proposer.git import Git

__all__ = ["LEVELS", "Rules", "allows", "rules_of"]

LEVELS: tuple[Automation, ...] = get_args(Automation)
"""All levels, each with the rights of those before it."""


class Rules:
    """What a commit says about publishing: its table `publish`, and the level."""

    def __init__(self, publish: Publish, level: Automation) -> None:
        self.publish = publish
        self.level = level


def allows(level: Automation, wanted: Automation) -> bool:
    """Tell whether a level has the rights of another."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def rules_of(git: Git, commit: str) -> Rules:
    """Read the rules of a commit.

    The level is the one of proposer.toml, else the answer that the repository was generated with, else `comment`; where
    that answer cannot be read it is `analyse`.

    Raises:
        UsageError: the commit is not in this clone, or its proposer.toml cannot be read.
    """
    if not commit or git.call("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise UsageError(
            f"commit {commit[:12] or 'of the base'} is not in this clone", f"run: git fetch origin {commit}"
        )
    publish = config.parse(_file(git, commit, config.SETTINGS_NAME) or b"").publish
    return Rules(publish, publish.automation or _answered(_file(git, commit, TEMPLATE_FILE)))


def _answered(document: bytes | None) -> Automation:
    if document is None:
        return "comment"
    try:
        answer = json.loads(document)["answers"]["automation"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "analyse"
    return next((level for level in LEVELS if level == answer), "analyse")


def _file(git: Git, commit: str, name: str) -> bytes | None:
    done = git.call("cat-file", "blob", f"{commit}:{name}")
    return done.stdout if done.returncode == 0 else None
