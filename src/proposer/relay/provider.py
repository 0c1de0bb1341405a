"""Which provider answers: named on the command line or in the base's settings, opened for one run."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import StopError, UsageError
from proposer.relay.cassette import Cassette
from proposer.relay.exchange import Backend
from proposer.relay.login import Login, find_login
from proposer.relay.places import Places
from proposer.relay.script import Script
from proposer.relay.upstream import KEY_NAMES, Key, Upstream, broker, find_key, running

__all__ = ["KEY_NAMES", "NAMES", "Provider", "choose", "opened"]

NAMES = ("openai", "chatgpt", "rehearsal", "cassette")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider that can be used.

    `script` belongs to `rehearsal`, `tape` to `cassette`, `key` to `openai`, `login` to `chatgpt`.
    Where a broker with the key runs already, there is its `port` instead of the key.
    """

    name: str
    label: str
    script: Script | None = None
    tape: Cassette | None = None
    key: Key | None = None
    login: Login | None = None
    port: int | None = None

    @property
    def digest(self) -> str | None:
        """SHA-256 of what the answers come from, where that is a file."""
        source = self.script or self.tape
        return source.digest if source else None

    @property
    def rehearsed(self) -> bool:
        """Whether a script or a recording answers instead of a model."""
        return self.script is not None or self.tape is not None

    def fits(self, codex_version: str) -> None:
        """Refuse a recording of another Codex.

        Raises:
            StopError: another version (`drifted`).
        """
        if self.tape is not None:
            self.tape.fits(codex_version)

    def meets(self, line: str) -> str:
        """Compare a request with the recorded one, where there is a recording; return why the run must end."""
        return self.tape.meets(line) if self.tape is not None else ""

    def failure(self) -> StopError | None:
        """Return why a recording was not played to its end; None where it was, or where there is none."""
        return self.tape.failure() if self.tape is not None else None


def choose(given: str, default: str, *, root: Path, environment: Mapping[str, str]) -> Provider:
    """Read `--provider NAME[:PATH]`, or take the default; everything that can be missing is noticed here.

    Raises:
        UsageError: an unknown name, a missing script or cassette, or no credentials.
        StopError: a cassette that was changed since it was recorded (`drifted`).
    """
    name, _, path = (given or default).partition(":")
    if name == "rehearsal":
        if not path:
            raise UsageError("--provider rehearsal needs a script", "give --provider rehearsal:FILE")
        return Provider(name=name, label=f"rehearsal:{Path(path).name}", script=Script.read(root / path))
    if name == "cassette":
        if not path:
            raise UsageError("--provider cassette needs a folder", "give --provider cassette:FOLDER")
        tape = Cassette.read(root / path)
        return Provider(name=name, label=f"cassette:{tape.name}", tape=tape)
    if name == "openai" and not path and (port := running(environment)) is not None:
        return Provider(name=name, label=name, port=port)
    if name == "openai" and not path:
        return Provider(name=name, label=name, key=find_key(environment))
    if name == "chatgpt" and not path:
        return Provider(name=name, label=name, login=find_login(environment))
    raise UsageError(
        f"there is no provider {given or default!r}",
        f"use one of: {', '.join(NAMES)} (rehearsal:FILE, cassette:FOLDER)",
    )


@contextlib.contextmanager
def opened(
    provider: Provider,
    *,
    codex: Path,
    upstream: str,
    folder: Path,
    places: Places | None = None,
    home: Path | None = None,
    plan: str = "",
) -> Iterator[Backend]:
    """Start whatever the provider needs and end it afterwards.

    Args:
        provider: what `choose` returned.
        codex: the pinned binary, which is the key broker too.
        upstream: address that the broker forwards to.
        folder: private folder for the broker's files.
        places: folders of this run, for a cassette.
        home: CODEX_HOME of this run, for a login.
        plan: address that is asked with a login.
    """
    if provider.script is not None:
        yield provider.script
    elif provider.tape is not None:
        yield provider.tape.play(places or Places({}))
    elif provider.port is not None:
        yield Upstream(provider.port)
    elif provider.key is not None:
        with broker(codex, provider.key, upstream=upstream, folder=folder) as backend:
            yield backend
    elif provider.login is not None and home is not None:
        with provider.login.lent(home):
            yield Upstream.with_login(plan)
    else:  # pragma: no cover - choose() sets one of them
        raise UsageError(f"provider {provider.name} cannot be opened")
