"""A record whose every text is an attack on the page: it stays text, nothing runs, nothing leaves.

Digests and commits are none of the texts: no statement is made or read in which one is not hexadecimal.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from history import History, finding
from month import NOW
from proposer.reports.overview import page as pages
from screen import Opener

ATTACKS = (
    "<script>window.pwned=1</script>", "</script><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>", '"><svg onload=window.pwned=1>', "' onmouseover='window.pwned=1",
    "javascript:window.pwned=1", "<a href=javascript:window.pwned=1>x</a>", "<iframe src=//evil.example></iframe>",
    "<link rel=stylesheet href=//evil.example>", "<base href=//evil.example>", "<!--", "-->", "]]>", "{{ 7 * 7 }}",
    "{% include 'style.css' %}", "&lt;script&gt;", "$x^2$ \\alpha", "\u202eRTL\u202c שלום مرحبا", "\u0000\u001b[31m",
)  # fmt: skip
EVERYTHING = " ".join(ATTACKS)
FLOOD = EVERYTHING + "A" * 5_000_000


@pytest.fixture(scope="module", params=["attacks", "a flood"])
def hostile(
    request: pytest.FixtureRequest, born: Callable[[str], History], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    text = EVERYTHING if request.param == "attacks" else FLOOD
    history = born("hostile")
    calls = [{"tool": text, "call_id": "1", "given": text},
             {"tool": "exec_command", "call_id": "2", "given": json.dumps({"cmd": text})}]  # fmt: skip
    event = {"type": "response.output_item.done",
             "item": {"type": "message", "content": [{"type": "output_text", "text": text}]}}  # fmt: skip
    response = {"turn": 1, "status": 500, "note": text, "calls": calls, "events": [event]}
    files = {
        "responses.jsonl": json.dumps(response) + "\n",
        "requests.jsonl": json.dumps({"turn": 1, "outputs": [{"call_id": "1", "text": text}]}) + "\n",
        "prompt.md": text, "proposal.patch": f"+{text}\n", "answer.json": text,
    }  # fmt: skip
    row = finding("P0", f"{EVERYTHING}/x/{EVERYTHING}", text, title=text, body=text)
    for number, attack in enumerate((EVERYTHING, *ATTACKS)):
        history.add("blocked" if number == 0 else "findings", row if number == 0 else finding("P1", attack, attack),
                    name=attack, branch=attack, model=attack, effort=attack, provider="openai", runner=attack,
                    actor=attack, message=attack, summary=attack, reasons=[attack], notes=[attack], price=attack,
                    not_reviewed=[attack], excluded=[attack], instruction_paths=[attack], prompt_file=attack,
                    output_schema_file=attack, pinned_cli_version=attack, sandbox=attack, started_at=attack,
                    usage={"input_tokens": 5, attack: 7}, untrusted=[{"name": attack, "sha256": attack}],
                    files=files if number == 0 else {})  # fmt: skip
    history.store.root.joinpath(".proposer-template.json").write_text(
        json.dumps({"answers": {"project_name": EVERYTHING, "automation": EVERYTHING}}), encoding="utf-8"
    )
    path = tmp_path_factory.mktemp("pages") / "hostile.html"
    pages.write(pages.render(history.store.root, NOW), path)
    return path


def test_no_script_of_a_record_runs_and_nothing_leaves_the_page(hostile: Path, opened: Opener) -> None:
    runs = [part.partition('"')[0] for part in hostile.read_text(encoding="utf-8").split('id="run-')[1:]]
    assert runs
    seen = opened(hostile, width=390)
    page = seen.page
    for run in runs[:3]:
        page.evaluate(f"location.hash = '#run-{run}'")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        page.locator(f"#run-{run} .finding").first.hover()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("window.pwned") is None
    assert (seen.faults, seen.requests) == ([], [hostile.as_uri()])
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link, base, form").count() == 0
    assert page.evaluate("[...document.links].every((one) => one.getAttribute('href').startsWith('#'))")
    names = page.evaluate("[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())")
    assert not [name for name in names if name.startswith("on")]
    assert "<script>window.pwned=1</script>" in (page.locator(f"#run-{runs[0]}").text_content() or "")


def test_what_nobody_sees_is_shown_and_a_flood_is_cut(hostile: Path) -> None:
    text = hostile.read_text(encoding="utf-8")
    assert len(text) < 12_000_000
    assert not {"\u202e", "\x00", "\x1b"} & set(text)
    assert "⟦U+202E⟧" in text
    assert "{{ 7 * 7 }}" in text


def test_the_policy_alone_would_stop_a_script(hostile: Path, opened: Opener, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.html"
    text, attack = hostile.read_text(encoding="utf-8"), f"{ATTACKS[0]}{ATTACKS[3]}"
    spoilt.write_text(text.replace("</h1>", f"{attack}</h1>", 1), encoding="utf-8")
    seen = opened(spoilt)
    assert seen.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in fault for fault in seen.faults)
