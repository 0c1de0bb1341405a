"""Small questions to the pinned binary: does its sandbox start, do config and rules load, which models it knows."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from proposer import process
from proposer.invocation import sandbox
from proposer.invocation.binary import Binary
from proposer.invocation.home import environment
from proposer.invocation.sandbox import REMEDY
from proposer.relay.script import Script
from proposer.relay.server import Relay

__all__ = ["REMEDY", "Model", "Probe", "catalogue"]

_NO_RETRY = "supports_websockets=false,request_max_retries=0,stream_max_retries=0"
# Without these Codex waits for hosts that the question is not about.
_QUIET = ("-c", "analytics.enabled=false", "-c", "features.plugins=false", "-c", "features.apps=false",
          "-c", "check_for_update_on_startup=false")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model of the bundled catalogue."""

    efforts: tuple[str, ...]
    code_mode: bool


def catalogue(binary: Binary) -> dict[str, Model]:
    """Return the models that the binary knows without a network, by slug.

    Raises:
        UsageError: the binary cannot be started.
        ValueError: what it prints is not JSON.
    """
    # Codex writes into its homes whatever it is asked, and makes them where they are missing.
    with tempfile.TemporaryDirectory(prefix="proposer-models-") as scratch:
        env = environment(Path(scratch), Path(scratch), binary.tools)
        done = process.run([str(binary.path), "debug", "models", "--bundled"], env=env)
    models = json.loads(done.stdout or b'{"models": []}')["models"]
    return {
        model["slug"]: Model(
            efforts=tuple(level["effort"] for level in model.get("supported_reasoning_levels", [])),
            code_mode=str(model.get("tool_mode") or "").startswith("code_mode"),
        )
        for model in models
    }


class Probe:
    """Asks the binary with private homes below a scratch folder."""

    def __init__(self, binary: Binary, scratch: Path) -> None:
        self._binary = binary
        self._home, self._codex, self._work = scratch / "home", scratch / "codex", scratch / "work"
        for folder in (self._home, self._codex, self._work):
            folder.mkdir()
        self._env = environment(self._home, self._codex, binary.tools)

    def sandbox(self) -> tuple[bool, str]:
        """Tell whether a command runs in the sandbox, and the first complaint where not."""
        found = sandbox.probe(self._binary, self._home, self._codex, [])
        return found.works, found.detail

    def rules(self, path: Path) -> str:
        """Return why a rules file does not load; nothing where it does.

        `codex execpolicy check` exits 0 for every verdict and 1 for a file that it cannot load.
        """
        done = process.run([str(self._binary.path), "execpolicy", "check", "-r", str(path), "true"], env=self._env)
        return "" if done.returncode == 0 else _first(done.stderr)

    def config(self, text: bytes) -> str:
        """Return why a config.toml is refused under `--strict-config`; nothing where it loads.

        Only `exec` takes that option. A first request proves that the configuration was accepted; the relay refuses
        it, since these settings offer tools that no run would be given.
        """
        (self._codex / "config.toml").write_bytes(text)
        script = Script([[{"answer_text": "ok"}]], "")
        with Relay(script, folder=self._work, redact=str, max_turns=5, max_tokens=1) as relay:
            table = f'{{name="probe",base_url="{relay.base_url}",wire_api="responses",{_NO_RETRY}}}'
            done = process.run(
                [str(self._binary.path), "exec", "--strict-config", "--skip-git-repo-check", "--ephemeral", "--json",
                 *_QUIET, "-c", 'model_provider="probe"', "-c", f"model_providers.probe={table}", "-C",
                 str(self._work), "-"],
                env=self._env, cwd=self._work, stdin=b"ok", timeout=60,
            )  # fmt: skip
            if done.returncode == 0 or relay.turns:
                return ""
        return _first(done.stderr).replace(f"{self._codex}/", "")


def _first(text: bytes) -> str:
    """Return Codex's complaint as one line, without its stack trace."""
    told = text.decode(errors="replace").partition("Stack backtrace")[0]
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.lower().startswith("error")), 0)
    return " ".join(lines[start : start + 3]).removeprefix("Error: ")[:300] or "no reason given"
