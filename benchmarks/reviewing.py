"""Row 2: a rehearsed review in a process of its own, against bare `codex exec` with the same script and prompt."""

import json
import os
import subprocess
import sys
from pathlib import Path

import rounds as timing

from proposer.generation import generate
from proposer.invocation import binary
from proposer.relay.script import Script
from proposer.relay.server import Relay

__all__ = ["measure"]

ANSWER = {"answer": {"summary": "nothing", "verdict": "approve", "findings": []}}
CONFIG = """model = "gpt-5.5"
model_provider = "bench"
web_search = "disabled"
[model_providers.bench]
name = "bench"
base_url = "{url}"
wire_api = "responses"
supports_websockets = false
[features]
shell_snapshot = false
goals = false
hooks = false
plugins = false
apps = false
multi_agent = false
image_generation = false
view_image = false
memories = false
[skills.bundled]
enabled = false
"""


def git(root: Path, *argv: str) -> str:
    """Run git and return what it printed."""
    identity = ("-c", "user.name=b", "-c", "user.email=b@localhost")
    return subprocess.run(["git", *identity, *argv], cwd=root, check=True, capture_output=True, text=True).stdout


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer; each is one whole process."""
    root, script = scratch / "repository", scratch / "script.json"
    generate(root, {}, no_input=True)
    git(root, "init", "-q", "-b", "main")
    for text in ("one\n", "two\n"):
        (root / "note.txt").write_text(text, encoding="utf-8")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", text.strip())
    turns = [{"shell": "git show --stat HEAD"}, ANSWER]
    script.write_text(json.dumps({"schema": "proposer/rehearsal/v1", "turns": turns}), encoding="utf-8")
    review = [sys.executable, "-m", "invoke", "codex.review", "--base", "HEAD~1", "--head", "HEAD", "--fresh", "--json"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(scratch), "LANG": "C.UTF-8"}
    codex, prompt = binary.find(), scratch / "prompt.md"

    def ours() -> None:
        done = subprocess.run(
            [*review, "--provider", f"rehearsal:{script}"], cwd=root, env=environment, check=True, capture_output=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        record = root / json.loads(done.stdout)["record"]
        prompt.write_bytes((record / "prompt.md").read_bytes())

    def peer() -> None:
        home = scratch / "codex"
        home.mkdir(exist_ok=True)
        folder = scratch / "log"
        folder.mkdir(exist_ok=True)
        relay = Relay(Script.read(script), folder=folder, redact=lambda line: line, max_turns=10, max_tokens=1_000_000)
        with relay, prompt.open("rb") as text:
            (home / "config.toml").write_text(CONFIG.format(url=relay.base_url), encoding="utf-8")
            call = [str(codex.path), "exec", "--json", "--ephemeral", "-C", str(root), "-"]
            done = subprocess.run(
                call, stdin=text, env={**environment, "CODEX_HOME": str(home)}, check=False, capture_output=True
            )
        if done.returncode:
            sys.exit(f"{done.stdout.decode()[-500:]}\n{done.stderr.decode()[-500:]}")

    ours()
    found = timing.interleaved({"ours": ours, "peer": peer}, rounds)
    return found["ours"], found["peer"]
