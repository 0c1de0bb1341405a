"""What one publication came to, for people and for the runner."""

import sys
from dataclasses import dataclass, field

from proposer.publish.forge import Opened
from proposer.reports.safe import log_line

__all__ = ["Result"]


@dataclass
class Result:
    """What was done. `comment` is what became of the comment; `skipped` says why nothing was posted."""

    run: str
    workflow: str
    target: str
    number: int = 0
    comment: str = "none"
    remarks: int = 0
    pull: Opened | None = None
    files: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: str = ""
    dry: bool = False
    commands: list[str] = field(default_factory=list)

    def show(self) -> None:
        """Print it for people, and the commands for the runner, where there is one."""
        rows = (
            ["dry run: nothing was sent, or read; the requests suppose that nothing was published before"]
            if self.dry
            else []
        )
        rows += [f"nothing was posted: {self.skipped}"] if self.skipped else []
        if self.comment != "none":
            rows.append(f"comment on {self.number}: {self.comment}")
        if self.remarks:
            rows.append(f"comments at lines: {self.remarks}")
        if self.pull is not None:
            word = "opened as a draft" if self.pull.new else "open already"
            rows.append(f"pull request {self.pull.number}: {word} {self.pull.url}".rstrip())
        rows += [f"written: {name}" for name in self.files]
        rows += [f"WARNING: {text}" for text in self.warnings]
        sys.stdout.write("".join(f"{' '.join(log_line(row).split())}\n" for row in rows or ["nothing to publish"]))
        sys.stdout.write("".join(f"{command}\n" for command in self.commands))
