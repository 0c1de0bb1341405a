"""What facts are found out from: the change, its repository, and what the caller gave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from proposer.config.settings import Settings, Workflow
from proposer.git import Git
from proposer.inputs.subject import Subject

__all__ = ["Ground"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where facts come from.

    Attributes:
        root: top folder of the repository, which is only read.
        git: git over the workspace's store.
        subject: the change.
        settings: those of the base.
        workflow: the table of the workflow.
        arguments: what the caller gave, by name.
        texts: (name, text) of each untrusted text, as it came.
        now: the time of the run.
        damage: takes the folder of a record and says what is wrong with it; empty: nothing.
    """

    root: Path
    git: Git
    subject: Subject
    settings: Settings
    workflow: Workflow
    now: datetime
    arguments: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[tuple[str, str]] = ()
    damage: Callable[[Path], str] = lambda _: ""
