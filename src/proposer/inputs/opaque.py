"""Which files of a change are data that nobody reads as text, and which only look so because somebody made them."""

from pathlib import PurePosixPath

__all__ = ["is_data", "is_textual"]

_IMAGES = ("avif", "bmp", "cur", "gif", "heic", "icns", "ico", "jpeg", "jpg", "png", "psd", "tif", "tiff", "webp")
_FONTS = ("eot", "otf", "ttf", "woff", "woff2")
_FILMS = ("aac", "avi", "flac", "m4a", "mkv", "mov", "mp3", "mp4", "oga", "ogg", "ogv", "opus", "wav", "webm")
_PAPERS = ("doc", "docx", "odp", "ods", "odt", "pdf", "ppt", "pptx", "xls", "xlsx")
_PLAIN = ("bin", "dat", "db", "mo", "npy", "parquet", "sqlite", "sqlite3")
_DATA = frozenset({*_IMAGES, *_FONTS, *_FILMS, *_PAPERS, *_PLAIN})
"""Suffixes of data. What a machine runs (`.so`, `.jar`, `.pyc`) and what may hold it (archives, pickles) is none."""
_LOOKED_AT = 8000
"""Git looks for a NUL in as many bytes (git's buffer_is_binary)."""
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r\f"
_TEXT_SHARE = 0.9
_NUL_SHARE = 0.8


def is_textual(data: bytes) -> bool:
    """Tell whether bytes are text, or text that a NUL or a wide encoding disguises."""
    head = data[:_LOOKED_AT]
    if b"\0" not in head or head.startswith((b"#!", *_BOMS)):
        return True
    if _share(head) > _TEXT_SHARE:
        return True
    # UTF-16 and UTF-32 without a mark: three or one of four bytes are text, the others are NUL.
    lanes = [head[at::4] for at in range(4)]
    empty = [lane.count(0) > _NUL_SHARE * len(lane) for lane in lanes]
    filled = [lane for lane, nothing in zip(lanes, empty, strict=True) if not nothing]
    return 0 < len(filled) < len(lanes) and all(_share(lane) > _TEXT_SHARE for lane in filled)


def _share(data: bytes) -> float:
    return sum(map(data.count, _PRINTABLE)) / len(data) if data else 0.0


def is_data(path: str, mode: str, old: bytes | None, new: bytes | None) -> bool:
    """Tell whether a changed binary file is data that a review may leave out by name.

    Args:
        path: its path.
        mode: its mode on the new side (on the old one where it was removed); an executable is never data.
        old: its bytes before, or None.
        new: its bytes now, or None.
    """
    suffix = PurePosixPath(path).suffix.removeprefix(".").lower()
    if suffix not in _DATA or mode != "100644":
        return False
    return not any(is_textual(side) for side in (old, new) if side)
