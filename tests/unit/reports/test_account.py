"""One run told: what was asked, each step with what came back, refusals, findings, the proposal; all of it harmless."""

import io
import json
import re
from typing import Any

import pytest

from history import History, carried, finding
from proposer.errors import RefusedError, UsageError
from proposer.reports.account import told

HOSTILE = "\x1b[31m\x1b]0;title\x07[bold]b[/] :warning: \u202e\u200bx"


def call(number: str, tool: str, given: str) -> dict[str, Any]:
    return {"tool": tool, "call_id": number, "given": given}


def said(text: str) -> dict[str, Any]:
    item = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    return {"type": "response.output_item.done", "item": item}


def files(*turns: tuple[list[dict[str, Any]], list[dict[str, Any]]], outputs: dict[str, str]) -> dict[str, str]:
    """Return the two files of the relay: calls and messages of each turn, and what came back for all calls."""
    responses = [
        {"turn": number, "status": 200, "note": "", "calls": calls, "events": events}
        for number, (calls, events) in enumerate(turns, 1)
    ]
    back = [{"call_id": key, "text": text} for key, text in outputs.items()]
    return {
        "responses.jsonl": "".join(json.dumps(row) + "\n" for row in responses),
        "requests.jsonl": json.dumps({"turn": 2, "outputs": back}) + "\n",
    }


def shown(history: History, run: str = "") -> str:
    stream = io.StringIO()
    told(history.store.root, run or history.runs[-1]).show(stream)
    return stream.getvalue()


def test_steps_stand_in_their_order_with_what_came_back_and_what_was_refused(history: History) -> None:
    turns = (
        ([call("1", "exec_command", '{"cmd": "ls -l"}'), call("2", "exec_command", '{"cmd": "git push"}')], []),
        ([call("3", "apply_patch", "*** Begin Patch\n*** End Patch")], [said("now I patch")]),
        ([call("4", "mystery", "{}")], []),
    )
    outputs = {"1": "total 0\n", "2": "rejected: A person pushes", "3": "Done!"}
    history.add(files=files(*turns, outputs=outputs))
    text = shown(history)
    order = ["1  $ ls -l", "| total 0", "1  $ git push  refused: rejected:", "2  > now I patch", "2  patch *** Begin",
             "| Done!", "3  mystery {}"]  # fmt: skip
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_findings_stand_with_what_became_of_them_and_those_of_before(history: History) -> None:
    row, old = finding("P1", title="fee is a float"), finding("P2", "src/old.py", title="slow")
    history.add("blocked", row, carried_rows=[carried(row, "persisting"), carried(old, "resolved")], dropped=1,
                not_reviewed=["big.bin"])  # fmt: skip
    text = shown(history)
    assert "P1 src/money/fees.py:1: fee is a float (persisting)" in text
    assert "resolved: P2 src/old.py:1: slow (of an earlier run)" in text
    assert "1 finding(s) were dropped" in text
    assert "not reviewed: big.bin" in text


def test_a_proposal_is_shown_and_a_long_one_is_cut(history: History) -> None:
    history.add(files={"proposal.patch": "diff --git a/x b/x\n" + "+line\n" * 500}, proposal={"allowed": True})
    text = shown(history)
    assert text.count("+line") == 199
    assert "301 more lines" in text


def test_what_was_pruned_is_told(history: History) -> None:
    history.add()
    assert "requests.jsonl is not here any more" in shown(history)


def test_floods_are_cut(history: History) -> None:
    calls = [call(str(number), "exec_command", json.dumps({"cmd": "x" * 5_000_000})) for number in range(3)]
    history.add(files=files((calls, []), *[([call(f"n{n}", "t", "")], []) for n in range(100)],
                            outputs={"0": "y\n" * 100_000}))  # fmt: skip
    text = shown(history)
    assert len(text) < 20_000
    assert "more lines" in text
    assert "more steps: inv codex.report" in text


def test_no_text_of_a_stranger_acts(history: History) -> None:
    row = finding("P0", HOSTILE, HOSTILE, title=HOSTILE, body=f"{HOSTILE}\n::error::x\n##[error]x")
    turns = ([call("1", HOSTILE, HOSTILE), call("2", "exec_command", json.dumps({"cmd": HOSTILE}))], [said(HOSTILE)])
    history.add("blocked", row, name=HOSTILE, branch=HOSTILE, model=HOSTILE, message=HOSTILE, summary=HOSTILE,
                reasons=[HOSTILE], notes=[HOSTILE], not_reviewed=[HOSTILE], price=HOSTILE,
                files={**files(turns, outputs={"1": HOSTILE}), "proposal.patch": f"+{HOSTILE}\n"})  # fmt: skip
    text = shown(history)
    assert not set(text) & {"\x1b", "\x07", "\u202e", "\u200b"}
    assert text.count("[bold]b[/] :warning:") >= 15
    assert not re.search(r"(?m)^\s*::|##\[", text)


@pytest.mark.parametrize(
    "result", [{"findings": [{}]}, {"carried": "x"}, {"seconds": []}, {"usage": {"a": "b"}}], ids=str
)
def test_a_record_of_another_shape_is_refused(history: History, result: dict[str, Any]) -> None:
    history.add()
    history.edit(history.runs[0], **result)
    with pytest.raises(RefusedError, match=r"record\.json of .* cannot be read"):
        shown(history)


def test_a_run_that_is_not_there(history: History) -> None:
    history.add()
    with pytest.raises(UsageError, match="there is no run 'x'"):
        shown(history, "x")
