"""Which provider answers: named on the command line or in the base's settings, opened for one run."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import UsageError
from proposer.relay.exchange import Backend
from proposer.relay.script import Script
from proposer.relay.upstream import KEY_NAMES, Key, broker, find_key

__all__ = ["KEY_NAMES", "NAMES", "Provider", "choose", "opened"]

NAMES = ("openai", "rehearsal")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider that can be used. `script` belongs to `rehearsal`, `key` to `openai`."""

    name: str
    label: str
    script: Script | None = None
    key: Key | None = None

    @property
    def digest(self) -> str | None:
        """SHA-256 of what the answers come from, where that is a file."""
        return self.script.digest if self.script else None


def choose(given: str, default: str, *, root: Path, environment: Mapping[str, str]) -> Provider:
    """Read `--provider NAME[:PATH]`, or take the default; everything that can be missing is noticed here.

    Raises:
        UsageError: an unknown name, a missing script, or no credentials.
    """
    name, _, path = (given or default).partition(":")
    if name == "rehearsal":
        if not path:
            raise UsageError("--provider rehearsal needs a script", "give --provider rehearsal:FILE")
        return Provider(name=name, label=f"rehearsal:{Path(path).name}", script=Script.read(root / path))
    if name == "openai" and not path:
        return Provider(name=name, label=name, key=find_key(environment))
    raise UsageError(f"there is no provider {given or default!r}", f"use one of: {', '.join(NAMES)} (rehearsal:FILE)")


@contextlib.contextmanager
def opened(provider: Provider, *, codex: Path, upstream: str, folder: Path) -> Iterator[Backend]:
    """Start whatever the provider needs and end it afterwards.

    Args:
        provider: what `choose` returned.
        codex: the pinned binary, which is the key broker too.
        upstream: address that the broker forwards to.
        folder: private folder for the broker's files.
    """
    if provider.script is not None:
        yield provider.script
    elif provider.key is not None:
        with broker(codex, provider.key, upstream=upstream, folder=folder) as backend:
            yield backend
    else:  # pragma: no cover - choose() sets one of them
        raise UsageError(f"provider {provider.name} cannot be opened")
