"""An ignore file of git, and what it hides."""

from collections.abc import Sequence

from proposer.outputs.globs import Globs, PatternError

__all__ = ["IgnoreFile"]


class IgnoreFile:
    """Its lines; a file in a folder that is hidden cannot be taken back (gitignore(5))."""

    def __init__(self, text: str) -> None:
        lines = [line.strip().replace("\\", "") for line in text.split("\n")]
        self._files = self._globs([line for line in lines if not line.rstrip("/").startswith("#")], folders=False)
        self._folders = self._globs([line for line in lines if not line.startswith("#")], folders=True)

    @staticmethod
    def _globs(lines: Sequence[str], *, folders: bool) -> Globs:
        good = []
        for line in lines:
            pattern = line.removesuffix("/") if folders else line
            try:
                Globs.parse((pattern,), below=False)
            except PatternError:
                continue
            if folders or not line.endswith("/"):
                good.append(pattern)
        return Globs.parse(good, below=False)

    def hides(self, path: str) -> bool:
        """Tell whether a path is hidden, by itself or by a folder that it is in."""
        parts = path.split("/")
        folders = ("/".join(parts[:at]) for at in range(1, len(parts)))
        return any(map(self._folders.match, folders)) or self._files.match(path)
