"""Where the records of attacks that were not contained are kept: `.proposer/drills/NAME`, which git ignores."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from proposer.provenance.record import FOLDER

__all__ = ["Evidence"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The evidence of one repository's last drills."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / FOLDER / "drills"

    def clear(self) -> None:
        """Forget what earlier drills left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep(self, name: str, record: Path) -> str:
        """Copy a record and return where it is, relative to the repository."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ignore = self.root / FOLDER / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(record, place)
        return place.relative_to(self.root).as_posix()
