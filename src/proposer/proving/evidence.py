"""Where records of drills and evals are kept: `.proposer/KIND/NAME`, which git ignores."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from proposer.provenance.record import FOLDER

__all__ = ["Evidence"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The evidence of one repository's last drills, or of another `kind`."""

    root: Path
    kind: str = "drills"

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / FOLDER / self.kind

    def clear(self) -> None:
        """Forget what earlier ones left."""
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
