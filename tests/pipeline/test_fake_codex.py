"""What the real binary cannot be made to do, played by a fake one: it ignores signals, floods, dies in mid-line."""

import os
import sys
import time
from pathlib import Path

import pytest

from lab import Lab
from proposer.invocation import binary

HEAD = f"""#!{sys.executable}
import json, os, signal, sys, time
if sys.argv[1] == "sandbox":
    sys.exit(0)
out = sys.argv[sys.argv.index("-o") + 1]
answer = '{{"summary": "s", "verdict": "approve", "findings": []}}'
def emit(**event):
    print(json.dumps(event), flush=True)
def start():
    emit(type="thread.started"); emit(type="turn.started")
def finish(text=answer):
    open(out, "w").write(text)
    emit(type="item.completed", item={{"type": "agent_message", "text": text}})
    emit(type="turn.completed", usage={{}})
"""
BODIES = {
    "good": "start(); finish()",
    "ignores-signals": "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN); start(); time.sleep(300)",
    "floods": "start()\nwhile True: sys.stdout.write('x' * 65536)",
    "dies-in-mid-line": 'start(); sys.stdout.write(\'{"type": "turn.comp\'); sys.stdout.flush(); os._exit(3)',
    "speaks-another-language": "print('hello'); print('{\"type\": \"strange\"}')",
    "unknown-event": "start(); emit(type='weather.changed', mood='fine'); finish()",
    "warning-item": "start(); emit(type='item.completed', item={'type': 'error', 'message': 'a model slug is unknown'}); finish()",
    "cut-instructions": "start(); emit(type='item.completed', item={'type': 'error', 'message': 'Loaded only 32768 of 40013 bytes from AGENTS.md'}); finish()",
    "contradicts-the-file": 'start(); finish(); open(out, \'w\').write(\'{"summary": "other", "verdict": "approve", "findings": []}\')',
    "writes-no-file": "start(); finish(); os.unlink(out)",
    "failed-turn": "start(); emit(type='turn.failed', error={'message': 'quota exceeded'}); sys.exit(1)",
    "changes-its-config": "start(); open(os.environ['CODEX_HOME'] + '/config.toml', 'a').write('#'); finish()",
    "writes-in-the-stage": "open('x', 'w').write('x'); start(); finish()",
    "leaves-a-daemon": "start(); import subprocess; subprocess.Popen(['sleep', '79'], start_new_session=True, stdout=subprocess.DEVNULL); finish()",
}


def fake(lab: Lab, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Put a program in the place of the binary, and pin it."""
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
    settings = lab.root / "proposer.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("wall_seconds = 900", "wall_seconds = 3"), encoding="utf-8"
    )
    lab.relock_keeping_digest(text)
    monkeypatch.setattr(binary, "find", lambda: found)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("good", "clean"),
        ("ignores-signals", "unavailable"),
        ("floods", "unavailable"),
        ("dies-in-mid-line", "unavailable"),
        ("speaks-another-language", "unavailable"),
        ("unknown-event", "clean"),
        ("warning-item", "clean"),
        ("cut-instructions", "incomplete"),
        ("contradicts-the-file", "invalid"),
        ("writes-no-file", "invalid"),
        ("failed-turn", "unavailable"),
        ("changes-its-config", "violated"),
        ("writes-in-the-stage", "violated"),
        ("leaves-a-daemon", "clean"),
    ],
)
def test_what_a_strange_codex_comes_to(lab: Lab, monkeypatch: pytest.MonkeyPatch, body: str, outcome: str) -> None:
    fake(lab, monkeypatch, body)
    started = time.monotonic()
    summary = lab.review({"http": 500})
    assert summary.outcome.label == outcome, summary.message
    assert time.monotonic() - started < 25
    record = lab.record(summary)
    assert all((record / name).exists() for name in ("record.json", "events.jsonl", "stderr.log", "log.json"))
    assert not [line for line in _sleepers() if line[:2] == [b"sleep", b"79"]]
    if body == "unknown-event":
        assert any("weather.changed" in note for note in summary.notes)
        assert "weather.changed" in (record / "events.jsonl").read_text(encoding="utf-8")
    if body == "warning-item":
        assert any("model slug" in note for note in summary.notes)


def _sleepers() -> list[list[bytes]]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        if entry.name != str(os.getpid()):
            try:
                found.append((entry / "cmdline").read_bytes().split(b"\0"))
            except OSError:
                continue
    return found
