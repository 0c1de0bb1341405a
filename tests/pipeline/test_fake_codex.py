"""What the real binary cannot be made to do, played by a fake one: it ignores signals, floods, dies in mid-line."""

import os
import signal
import sys

import pytest

from lab import Lab
from proposer import process
from proposer.invocation import binary

NAP = f"79.{os.getpid()}"
"""Seconds that a left-over process sleeps; no other test run on this machine has the same number."""
HEAD = f"""#!{sys.executable}
import json, os, signal, subprocess, sys, time
from pathlib import Path
if sys.argv[1] == "sandbox":
    sys.exit(0)
out = sys.argv[sys.argv.index("-o") + 1]
answer = '{{"summary": "s", "verdict": "approve", "findings": []}}'
other = '{{"summary": "other", "verdict": "approve", "findings": []}}'
codex_home, home = Path(os.environ["CODEX_HOME"]), Path(os.environ["HOME"])
def emit(**event):
    print(json.dumps(event), flush=True)
def start():
    emit(type="thread.started"); emit(type="turn.started")
def warn(message):
    emit(type="item.completed", item={{"type": "error", "message": message}})
def finish(text=answer):
    open(out, "w").write(text)
    emit(type="item.completed", item={{"type": "agent_message", "text": text}})
    emit(type="turn.completed", usage={{}})
"""
BODIES = {
    "good": "start(); finish()",
    "ignores-signals": """
for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
start(); time.sleep(300)""",
    "floods": "start()\nwhile True: sys.stdout.write('x' * 65536)",
    "dies-in-mid-line": 'start(); sys.stdout.write(\'{"type": "turn.comp\'); sys.stdout.flush(); os._exit(3)',
    "last-line-without-its-end": 'start(); finish(); sys.stdout.write(\'{"type": "weather"}\')',
    "speaks-another-language": "print('hello'); print('{\"type\": \"strange\"}')",
    "unknown-event": "start(); emit(type='weather.changed', mood='fine'); finish()",
    "warning-item": "start(); warn('a model slug is unknown'); finish()",
    "cut-instructions": "start(); warn('Loaded only 32768 of 40013 bytes from AGENTS.md'); finish()",
    "contradicts-the-file": "start(); finish(); open(out, 'w').write(other)",
    "writes-no-file": "start(); finish(); os.unlink(out)",
    "failed-turn": "start(); emit(type='turn.failed', error={'message': 'quota exceeded'}); sys.exit(1)",
    "changes-its-config": "start(); open(codex_home / 'config.toml', 'a').write('#'); finish()",
    "adds-a-skill": "start(); (codex_home / 'skills' / 'x').mkdir(); open(codex_home / 'skills/x/SKILL.md', 'w'); finish()",
    "plants-settings-at-home": "start(); (home / '.codex').mkdir(); finish()",
    "writes-in-the-stage": "open('x', 'w').write('x'); start(); finish()",
    "leaves-a-daemon": f"""
start()
subprocess.Popen(['sleep', '{NAP}'], start_new_session=True)
finish()""",
    "floods-standard-error": "sys.stderr.write(('x' * 79 + '\\n') * 40_000 + 'THE-END'); start(); finish()",
}


def fake(lab: Lab, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Put a program in the place of the binary, and pin it; only one that never ends gets a short time."""
    path = lab.scratch / "package" / "codex"
    path.parent.mkdir()
    path.write_text(HEAD + BODIES[body] + "\n", encoding="utf-8")
    path.chmod(0o755)
    real = binary.find()
    found = binary.Binary(path=path, package=path.parent, tools=real.tools, version=real.version)
    lock = lab.root / "codex.lock"
    text = lock.read_text(encoding="utf-8")
    for row in text.splitlines():
        if row.startswith(f'"{binary.platform_key()}"'):
            text = text.replace(row, f'"{binary.platform_key()}" = "{binary.digests.of_file(path)}"')
    lock.write_text(text, encoding="utf-8")
    if body == "ignores-signals":
        lab.limits(wall_seconds=3)
    lab.relock_keeping_digest(text)
    monkeypatch.setattr(binary, "find", lambda: found)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("good", "clean"),
        ("ignores-signals", "unavailable"),
        ("floods", "unavailable"),
        ("dies-in-mid-line", "unavailable"),
        ("last-line-without-its-end", "clean"),
        ("speaks-another-language", "unavailable"),
        ("unknown-event", "clean"),
        ("warning-item", "clean"),
        ("cut-instructions", "incomplete"),
        ("contradicts-the-file", "invalid"),
        ("writes-no-file", "invalid"),
        ("failed-turn", "unavailable"),
        ("changes-its-config", "violated"),
        ("adds-a-skill", "violated"),
        ("plants-settings-at-home", "violated"),
        ("writes-in-the-stage", "violated"),
        ("leaves-a-daemon", "clean"),
        ("floods-standard-error", "clean"),
    ],
)
def test_what_a_strange_codex_comes_to(lab: Lab, monkeypatch: pytest.MonkeyPatch, body: str, outcome: str) -> None:
    fake(lab, monkeypatch, body)
    monkeypatch.setattr(process, "_LADDER", ((signal.SIGINT, 0.5), (signal.SIGTERM, 0.5), (signal.SIGKILL, 30.0)))
    summary = lab.review({"http": 500})
    assert summary.outcome.label == outcome, summary.message
    record = lab.record(summary)
    assert all((record / name).exists() for name in ("record.json", "events.jsonl", "stderr.log", "log.json"))
    assert not lab.running("sleep", NAP)
    events = (record / "events.jsonl").read_text(encoding="utf-8")
    notes = "\n".join(summary.notes)
    if body == "unknown-event":
        assert "weather.changed" in notes
        assert "weather.changed" in events
    if body == "last-line-without-its-end":
        assert events.splitlines()[-1] == '{"type": "weather"}'
    if body == "warning-item":
        assert "model slug" in notes
    if body == "leaves-a-daemon":
        assert "1 process(es) were left over" in notes
    if body == "floods-standard-error":
        text = (record / "stderr.log").read_text(encoding="utf-8")
        assert text.endswith("THE-END")
        assert len(text) < 1_200_000
