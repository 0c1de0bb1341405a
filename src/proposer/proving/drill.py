"""A drill: one scripted attack as a small TOML file, with its positive control and the signs that tell its end."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from proposer.errors import UsageError

__all__ = ["FOLDER", "Control", "Drill", "Look", "Planted", "Sign", "Stop", "catalogue", "chosen", "filled", "read"]

FOLDER = "drills"
"""Folder of a repository's own drills, relative to its root."""

Look = Literal[
    "output", "instructions", "prompt", "tools", "outcome", "reasons", "notes", "changed", "instruction-paths",
    "excluded", "not-reviewed", "answer", "log", "markdown", "record", "sizes", "heard",
]  # fmt: skip
"""Where a sign is looked for; docs/how-to/write-a-drill.md says what each is."""
Control = Literal["home", "decoy", "tcp", "udp", "unix", "remote", "broker", "execution", "filter"]
"""What this machine itself must be able to do before an attack on it can count as contained."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOKEN = re.compile(r"@\{([a-z_]+)\}")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sign(_Closed):
    """Something that may be seen after a run; every condition that is given must hold."""

    look: Look
    has: str = Field("", description="Text that occurs there.")
    match: str = Field("", description="Regular expression that is found there; `^` and `$` match at lines.")
    lacks: str = Field("", description="Text that does not occur there.")

    @model_validator(mode="after")
    def _conditional(self) -> Self:
        if not (self.has or self.match or self.lacks):
            raise ValueError("a sign needs one of: has, match, lacks")
        return self

    def seen(self, text: str) -> bool:
        """Tell whether the conditions hold for what was found at the place."""
        return (
            self.has in text
            and (not self.lacks or self.lacks not in text)
            and (not self.match or re.search(self.match, text, re.MULTILINE) is not None)
        )


class Stop(Sign):
    """A sign by which a guard is recognised."""

    by: str = Field(description="Name of the guard, for the table.")


class Planted(_Closed):
    """A file of the trusted base or of the change. `text` is the target of a symbolic link."""

    path: str
    text: str = ""
    kind: Literal["file", "executable", "symlink", "submodule"] = "file"


class Drill(_Closed):
    """One scripted attack.

    `turns` are those of a rehearsal script, with one step more: `try` is a shell command between two marks that the
    shell computes, so that its output proves that it ran. A script without an answer gets a plain one at the end.
    """

    name: str = ""
    tried: str = Field(description="What the model tries, in one line.")
    sandbox: Literal["read-only", "workspace-write"] = "read-only"
    provider: Literal["rehearsal", "openai"] = "rehearsal"
    controls: tuple[Control, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict, description="Laid over the proposer.toml of the base.")
    turns: tuple[dict[str, Any] | tuple[dict[str, Any], ...], ...]
    base: tuple[Planted, ...] = ()
    change: tuple[Planted, ...] = ()
    endless: bool = Field(default=False, description="The last turn is repeated for ever; no answer follows it.")
    texts: dict[str, str] = Field(default_factory=dict, description="Untrusted texts by file name.")
    reached: tuple[Sign, ...] = Field((), description="All of them show that the attack reached its guard.")
    escaped: tuple[Sign, ...] = Field((), description="Any of them shows that the guard did not hold.")
    stopped: tuple[Stop, ...] = Field(description="The first that is seen names what stopped the attack.", min_length=1)

    @model_validator(mode="after")
    def _provable(self) -> Self:
        if not self.reached and not any("try" in step for step in self.steps()):
            raise ValueError("a positive control is missing: a `try` step or a [[reached]] sign")
        return self

    def steps(self) -> Iterator[dict[str, Any]]:
        """Yield the steps of all turns in order."""
        for turn in self.turns:
            yield from (turn,) if isinstance(turn, dict) else turn

    def filled(self, tokens: Mapping[str, str]) -> "Drill":
        """Return the drill with every `@{token}` replaced, in regular expressions by its literal text.

        A token that is not known stays as it is.
        """
        data = filled(self.model_dump(), tokens)
        return Drill.model_validate(data)


def filled(value: Any, tokens: Mapping[str, str], *, pattern: bool = False) -> Any:
    """Return a value with every `@{token}` in it replaced; in a regular expression (`match`) by its literal text."""
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: _told(found, tokens, pattern=pattern), value)
    if isinstance(value, dict):
        return {filled(key, tokens): filled(item, tokens, pattern=key == "match") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, tokens) for item in value]
    return value


def _told(found: re.Match[str], tokens: Mapping[str, str], *, pattern: bool) -> str:
    text = tokens.get(found[1], found[0])
    return re.escape(text) if pattern and found[1] in tokens else text


def read(name: str, text: str, where: str) -> Drill:
    """Read a drill.

    Args:
        name: the file's name without its suffix.
        text: TOML.
        where: the file, for messages.

    Raises:
        UsageError: it is no drill; the message names the file and the key.
    """
    hint = "see docs/how-to/write-a-drill.md of proposer"
    if not _NAME.fullmatch(name):
        raise UsageError(f"{where}: a drill's name is made of lower-case words and hyphens", hint)
    try:
        return Drill.model_validate({**tomllib.loads(text), "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        known = f" (known: {', '.join(get_args(Look))})" if place.endswith("look") else ""
        raise UsageError(f"{where}: {place or 'drill'}: {first['msg'].lower()}{known}", hint) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where} is not TOML: {error}", hint) from error


def catalogue(root: Path | None = None) -> dict[str, Drill]:
    """Return all drills by name: the ones that ship with this library, then those of a repository.

    Raises:
        UsageError: a file is no drill, or a repository's drill has the name of a shipped one.
    """
    found = {}
    for entry in sorted(resources.files(__package__).joinpath("catalogue").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            name = entry.name.removesuffix(".toml")
            found[name] = read(name, entry.read_text(encoding="utf-8"), entry.name)
    for path in sorted((root / FOLDER).glob("*.toml")) if root is not None else ():
        where = f"{FOLDER}/{path.name}"
        if path.stem in found:
            raise UsageError(f"{where} has the name of a drill that ships with proposer", "rename the file")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{where} cannot be read", "a drill is a TOML file in UTF-8") from error
        found[path.stem] = read(path.stem, text, where)
    return found


def chosen(drills: Mapping[str, Drill], name: str) -> dict[str, Drill]:
    """Return the drills that a name or a pattern (`poison-*`) means; all of them where it is empty.

    Raises:
        UsageError: none has that name; the message names those that come near.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a typo needs it
    from fnmatch import fnmatchcase  # noqa: PLC0415

    found = {key: drill for key, drill in drills.items() if fnmatchcase(key, name or "*")}
    if not found:
        near = ", ".join(get_close_matches(name, drills, n=3, cutoff=0.3)) or ", ".join(list(drills)[:3])
        raise UsageError(f"there is no drill {name!r}", f"near: {near}; all: inv codex.drill")
    return found
