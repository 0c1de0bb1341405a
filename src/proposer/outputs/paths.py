"""Which paths a proposal may name: the policy of a workflow, and the names that mean another file somewhere."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields

from proposer.inputs.untrusted import invisible
from proposer.outputs.globs import Globs, PatternError
from proposer.outputs.protected import DEFAULT
from proposer.outputs.reasons import Reason

__all__ = ["LONGEST", "PathPolicy", "Rules", "collision_key", "name_reasons", "rules_of", "shown"]

LONGEST = 240
"""Bytes that a path may have."""

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""HFS+ ignores some of these when it looks up a name, and no reader sees any (Unicode, Default_Ignorable)."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{name}{number}" for name in ("com", "lpt") for number in "123456789¹²³"}
)
_SHORT = re.compile(r"[^.]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?")
"""A name as FAT and NTFS shorten it (`git~1`, `agents~1.md`): it may open another file."""
_SPACES = frozenset(" \u3000")


@dataclass(frozen=True, kw_only=True)
class PathPolicy:
    """What one workflow may propose.

    `allowed` and `protected` are patterns (`proposer.outputs.globs`). `allowed` is compared to the letter and must
    match the file itself: `src/**` and `src/` allow what is below `src`, `docs/*.md` what is directly in `docs`.
    `protected` wins; it is compared without regard to case, composition and look-alike forms, and a pattern that
    matches a folder holds for all below it. Limits are numbers of files, bytes and lines. `tests` is `protect`
    (a proposal may not weaken tests or checks) or `free`.
    """

    allowed: tuple[str, ...] = ("**",)
    protected: tuple[str, ...] = DEFAULT
    max_files: int = 50
    max_bytes: int = 1_048_576
    max_file_bytes: int = 262_144
    max_added_lines: int = 2000
    tests: str = "protect"

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each value that has no meaning; a policy with one allows nothing."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("allowed", "protected"):
                if not isinstance(value, (tuple, list)) or not all(isinstance(one, str) for one in value):
                    yield f"{field.name} is not a list of patterns"
            elif field.name == "tests":
                if value not in ("protect", "free"):
                    yield f"tests is {value!r}, not 'protect' or 'free'"
            elif type(value) is not int or value < 0:
                yield f"{field.name} is {value!r}, not a number of at least 0"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The parsed patterns of a policy."""

    allowed: Globs
    protected: Globs

    def reasons(self, path: str, *, deleted: bool) -> Iterator[Reason]:
        """Yield why a path may not be changed (or deleted); one that is much too long is not looked at."""
        if len(path) > 4 * LONGEST and not deleted:
            return
        if self.protected.match(_disguised(path)):
            yield Reason("protected", path, f"{'deletes' if deleted else 'changes'} a protected path")
        if not self.allowed.match(path):
            yield Reason("outside", path, "is not among the paths that this workflow may change")


def rules_of(policy: PathPolicy) -> Rules:
    """Return the parsed patterns of a policy.

    Raises:
        PatternError: it is none, or a value or a pattern has no meaning.
    """
    if not isinstance(policy, PathPolicy):
        raise PatternError(f"{type(policy).__name__} is no policy")
    for problem in policy.problems():
        raise PatternError(problem)
    return Rules(
        allowed=Globs.parse(policy.allowed, below=False),
        protected=Globs.parse(policy.protected, below=True, fold=_loose),
    )


def name_reasons(raw: bytes) -> Iterator[Reason]:
    """Yield why a name cannot be used, whatever the policy."""
    path = shown(raw)
    if len(raw) > LONGEST:
        yield Reason("long-path", path, f"has {len(raw)} bytes; {LONGEST} are the most")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        yield Reason("bad-name", path, "is not valid UTF-8")
        text = raw.decode(errors="replace")
    parts = re.split(r"[/\\]", text)
    if any(_is_git(part) for part in parts):
        yield Reason("dot-git", path, "is inside `.git` on some file system")
    if any(re.split(r"[.:]", part, maxsplit=1)[0].rstrip(" ").casefold() in _DEVICES for part in parts):
        yield Reason("reserved-name", path, "has a name that Windows gives to a device")
    for problem in _name_problems(text, parts):
        yield Reason("bad-name", path, problem)


def _name_problems(text: str, parts: list[str]) -> Iterator[str]:
    if text.startswith(("/", "\\")) or any(part in ("", ".", "..") for part in parts):
        yield "is absolute, or has an empty part, `.` or `..`"
    if "\\" in text:
        yield "holds a backslash"
    if ":" in text:
        yield "holds a colon: a drive, or a stream of another file"
    if any(part.endswith((".", " ")) and part not in (".", "..") for part in parts):
        yield "has a part that ends in a dot or a space"
    if any(part.startswith("-") for part in parts):
        yield "has a part that a command takes for an option"
    if any(_SHORT.fullmatch(part) for part in parts):
        yield "has a part that is the short form of another name"
    if invisible(text) or any(_unseen(char) for char in text):
        yield "holds control characters, or characters that no reader sees"
    if unicodedata.normalize("NFC", text) != text:
        yield "is not in composed form (NFC)"


def _unseen(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind in ("Cc", "Cs", "Co", "Zl", "Zp") or (kind == "Zs" and char not in _SPACES)


def _is_git(part: str) -> bool:
    """Tell whether a part is `.git` after what HFS+ and NTFS do to names."""
    plain = _IGNORABLE.sub("", part).split(":")[0].rstrip(" .")
    folded = unicodedata.normalize("NFKC", plain).casefold()
    return folded == ".git" or re.fullmatch(r"git~[0-9]+", folded) is not None


def _loose(text: str) -> str:
    """Return a form in which names that a person or a file system may take for one another are equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _disguised(path: str) -> str:
    """Return the path that is meant where separators, streams, endings and ignorable characters are taken back."""
    parts = _IGNORABLE.sub("", path).replace("\\", "/").split("/")
    plain = [part.split(":")[0].rstrip(" .") or part for part in parts if part not in ("", ".")]
    return _loose("/".join(plain))


def collision_key(path: str) -> str:
    """Return what a file system compares that ignores case, composition and ignorable characters."""
    plain = unicodedata.normalize("NFC", _IGNORABLE.sub("", path)).casefold()
    return unicodedata.normalize("NFC", plain)


def shown(raw: bytes) -> str:
    """Return a path for people and JSON: text, with an escape for each byte that is not UTF-8."""
    return raw.decode(errors="backslashreplace")
