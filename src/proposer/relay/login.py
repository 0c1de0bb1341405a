"""The user's own Codex login (ChatGPT): its file is lent to one run at a time, and no copy of it can get lost.

The file is linked into the private home of the run, so that tokens which Codex refreshes are written where they came
from, whatever happens to the run. The profile of the model's commands names neither of the two places.
"""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from proposer.errors import Outcome, StopError, UsageError
from proposer.interrupts import shielded

__all__ = ["Login", "find_login"]

FILE = "auth.json"
_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI")
_HINT = "log in: codex login; or use a key: --provider openai"


class Login:
    """An auth.json with a ChatGPT login; it never prints itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return "Login(of the user)"

    def text(self) -> str:
        """Return the file, for the redactor; empty where it cannot be read any more."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    @contextlib.contextmanager
    def lent(self, home: Path) -> Iterator[None]:
        """Put the login into a CODEX_HOME for the time of one run.

        Where a Codex replaces the link instead of writing through it, what it wrote is put in the place of the user's
        file, unless the user has logged in anew meanwhile.

        Raises:
            StopError: another run has it, or it cannot be used (`unavailable`).
        """
        link, before = home / FILE, self.text()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise StopError(Outcome.UNAVAILABLE, f"the login cannot be read: {error.strerror}", _HINT) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StopError(
                    Outcome.UNAVAILABLE, "another run has the ChatGPT login: its tokens serve one at a time",
                    "wait for that run to end, then run again",
                ) from error  # fmt: skip
            link.symlink_to(self.path)
            try:
                yield
            finally:
                with shielded():
                    self._returned(link, before)
        finally:
            os.close(descriptor)

    def _returned(self, link: Path, before: str) -> None:
        """Take the login back, with what was refreshed."""
        if not link.is_symlink() and link.is_file() and self.text() == before:
            fresh = self.path.with_name(f"{FILE}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(link.read_bytes())
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self.path)
        link.unlink(missing_ok=True)


def find_login(environment: Mapping[str, str]) -> Login:
    """Find the login of the user: `auth.json` of `CODEX_HOME`, else of `~/.codex`.

    Raises:
        UsageError: this is a CI job, or there is no ChatGPT login in a file.
    """
    if any(environment.get(name, "").lower() in ("true", "1") for name in _CI):
        raise UsageError("the provider chatgpt is refused in CI: a login is a person's, and serves one run at a time",
                         "give the job a key: --provider openai")  # fmt: skip
    home = environment.get("CODEX_HOME") or f"{environment.get('HOME') or os.path.expanduser('~')}/.codex"  # noqa: PTH111
    path = Path(home) / FILE
    try:
        tokens = json.loads(path.read_bytes())["tokens"]
        good = bool(tokens["access_token"] and tokens["refresh_token"])
    except OSError as error:
        raise UsageError(f"there is no ChatGPT login in {FILE} of the Codex home", _HINT) from error
    except (ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        raise UsageError(f"{FILE} of the Codex home holds no ChatGPT login", _HINT)
    return Login(path.resolve())
