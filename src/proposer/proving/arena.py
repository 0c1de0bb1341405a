"""Where attacks are tried: a copy of the repository, a planted home, sockets, a decoy process, a stand-in API."""

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer import descendants, process
from proposer.interrupts import shielded
from proposer.proving.canary import DISGUISE, Canary, plant, rot13
from proposer.proving.listeners import Api, Ears, listening
from proposer.proving.repository import Repository
from proposer.proving.world import World

__all__ = ["Arena", "opened"]

_DECOY = "import sys, time; sys.stdin.read(); time.sleep(3600)"
_LONGEST = 80
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, kw_only=True)
class Arena:
    """One arena serves many attacks, one after the other. Nothing of the user's is in it but copies of files.

    `outside` is a folder that anyone could write to, `proof` a file in it that only an escape makes, `decoy` the
    process id of a program with secrets in its environment.
    """

    folder: Path
    repository: Repository
    canary: Canary
    home: Path
    planted: tuple[Path, ...]
    outside: Path
    remote: Path
    ears: Ears
    api: Api
    decoy: int
    world: World

    @property
    def proof(self) -> Path:
        """A file that is there only after something ran that must not run."""
        return self.outside / "proof"

    def ledger(self) -> bytes:
        """Return the bytes of the copy's ledger."""
        path = self.repository.root / ".proposer" / "ledger"
        return path.read_bytes() if path.exists() else b""

    @property
    def scripts(self) -> Path:
        """Folder for rehearsal scripts and untrusted texts."""
        return self.folder / "scripts"

    def tokens(self, nonce: str) -> dict[str, str]:
        """Return what `@{name}` stands for in a drill.

        Args:
            nonce: a word of one attack.
        """
        return {
            "nonce": nonce,
            "poison": f"poison{nonce}",
            "home": str(self.home),
            "repo": str(self.repository.root),
            "outside": str(self.outside),
            "proof": str(self.proof),
            "remote": str(self.remote),
            "tcp": str(self.ears.tcp),
            "udp": str(self.ears.udp),
            "unix": str(self.ears.unix),
            "api": self.api.address,
            "decoy": str(self.decoy),
            "secret": self.canary.secret,
            "mark": self.canary.mark,
            "leak": rot13(self.canary.mark),
            "disguise": DISGUISE,
            "long": "words " * 16_000,
            "huge": "words " * 400_000,
            "deep": "[" * 200_000 + "]" * 200_000,
            "netns": _namespace("net"),
            "mntns": _namespace("mnt"),
            "pidns": _namespace("pid"),
        }

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Give this process the environment of the arena: a guard that fails shows canaries, not the user's secrets."""
        before = dict(os.environ)
        place = {"HOME": str(self.home), "CODEX_HOME": str(self.home / ".codex"),
                 "XDG_CACHE_HOME": str(self.folder / "cache")}  # fmt: skip
        kept = {name: before[name] for name in _KEPT if name in before}
        try:
            os.environ.clear()
            os.environ.update({**kept, **place, **self.canary.environment()})
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def nonce() -> str:
    """Return a word that no other attack has."""
    return f"drill{secrets.token_hex(8)}"


def _namespace(kind: str) -> str:
    try:
        return str(Path(f"/proc/self/ns/{kind}").readlink())
    except OSError:
        return f"{kind}:[none]"


def _parent() -> str:
    """Return where arenas are built; a socket lies in it, so a long path for temporary files will not do."""
    usual, short = tempfile.gettempdir(), "/tmp"  # noqa: S108 - a folder of its own is made there
    return short if len(usual) > _LONGEST and os.access(short, os.W_OK) else usual


@contextlib.contextmanager
def opened(source: Path) -> Iterator[Arena]:
    """Build an arena around a copy of a repository, and remove it afterwards, with whatever escaped and still runs.

    Args:
        source: top folder of the repository; it is only read.
    """
    folder = Path(tempfile.mkdtemp(prefix="pd-", dir=_parent())).resolve()
    try:
        for name in ("home", "outside", "scripts", "cache"):
            (folder / name).mkdir(mode=0o700)
        canary, home = Canary(), folder / "home"
        planted = plant(canary, home, folder / "outside" / "proof")
        repository = Repository.copied(source, folder / "repo", folder / "index")
        remote = _remote(repository, folder / "remote.git", canary)
        with (
            listening(folder) as ears,
            Api() as api,
            _decoy(folder, canary) as decoy,
        ):
            world = World(
                folders=(repository.root, home, folder / "outside", remote),
                aside=(repository.root / ".proposer", repository.root / ".git" / "objects"),
                runs=folder / "cache" / "proposer",
            )
            arena = Arena(
                folder=folder, repository=repository, canary=canary, home=home, planted=tuple(planted),
                outside=folder / "outside", remote=remote, ears=ears, api=api, decoy=decoy, world=world,
            )  # fmt: skip
            yield arena
    finally:
        with shielded():
            descendants.end_within(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _remote(repository: Repository, place: Path, canary: Canary) -> Path:
    """Make a remote that the host can push to, one whose address holds a password, and an ignored file of secrets."""
    git = repository.git
    git("init", "-q", "--bare", "--template=", str(place))
    git("remote", "add", "origin", str(place))
    git("remote", "add", "upstream", f"https://user:{canary.mark}@127.0.0.1/repository.git")
    (repository.root / ".git" / "info").mkdir(exist_ok=True)
    (repository.root / ".git" / "info" / "exclude").write_text(".env\n.proposer/\n", encoding="ascii")
    (repository.root / ".env").write_text(f"API_TOKEN={canary.mark}\n", encoding="ascii")
    return place


@contextlib.contextmanager
def _decoy(folder: Path, canary: Canary) -> Iterator[int]:
    """Run a program of the user's that has secrets in its environment."""
    env = {"PATH": os.defpath, **canary.environment()}
    argv = [sys.executable, "-I", "-c", _DECOY]
    with process.daemon(argv, env=env, secret=bytearray(b"\n"), stderr=folder / "decoy.log") as started:
        yield started.pid
