"""Reports of a run in each form: complete, bounded, and harmless where the text is hostile."""

import html.parser
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from proposer.errors import Outcome, UsageError
from proposer.outputs.answer import Finding
from proposer.reports import console, markdown, page, safe, sarif, write
from proposer.reports.summary import Summary

HOSTILE = "<script>alert(1)</script> [red]x[/red] \x1b[31mred \u202eevil ::error::x @team javascript:alert(1)"


def finding(**more: Any) -> Finding:
    values = {
        "title": "Posted twice", "body": "A retry posts again.", "severity": "P1", "confidence": 0.9,
        "category": "money", "side": "new", "path": "src/a.py", "start_line": 3, "end_line": 3, "quote": "post(key)",
    }  # fmt: skip
    return Finding.model_validate(values | more)


def summary(**more: Any) -> Summary:
    values = {
        "run": "20260101T000000Z-00000000", "workflow": "review", "outcome": Outcome.BLOCKED,
        "message": "P1: Posted twice",
        "record": ".proposer/runs/20260101T000000Z-00000000", "provider": "openai", "model": "gpt-5.5",
        "base": "a" * 40, "head": "b" * 40, "findings": (finding(),), "fingerprint": "0" * 64, "statement": "1" * 64,
    }  # fmt: skip
    return Summary(**(values | more))


class Tags(html.parser.HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_the_markdown_report_names_outcome_finding_place_and_run() -> None:
    text = markdown.render(summary())
    for words in ("# review: blocked", "## P1 Posted twice", "`src/a.py:3`", "post(key)", "20260101T000000Z-00000000"):
        assert words in text
    assert "No model was asked" not in text


@pytest.mark.parametrize(
    ("provider", "who"),
    [("rehearsal:x.json", "a scripted model answered (rehearsal)"), ("cassette:x", "a recording answered (x)")],
)
def test_the_first_line_says_where_no_model_was_asked(provider: str, who: str) -> None:
    scripted = summary(provider=provider)
    assert markdown.render(scripted).startswith(f"**No model was asked: {who}.**\n")
    assert "No model was asked" in page.render(scripted)
    assert sarif.render(scripted)["runs"][0]["properties"]["rehearsed"] is True
    stream = StringIO()
    console.show(scripted, stream)
    assert stream.getvalue().startswith("No model was asked")


def test_a_report_is_bounded_and_the_least_severe_findings_leave_first() -> None:
    rows = tuple(
        finding(title=f"finding {number}", severity=f"P{number // 5}", body="x " * 4000) for number in range(20)
    )
    text = markdown.render(summary(findings=rows))
    assert len(text.encode()) <= markdown.MAX_BYTES
    assert "finding 0" in text
    assert "finding 19" not in text
    assert "more finding(s), less severe, did not fit" in text


def test_one_huge_finding_and_ten_thousand_names_are_bounded() -> None:
    huge = summary(
        findings=(finding(body="b" * 5_000_000, quote="q" * 5_000_000),),
        not_reviewed=tuple(f"{number}.py" for number in range(10_000)),
        message="m" * 5_000_000, notes=("n" * 500_000,) * 9,
    )  # fmt: skip
    text = markdown.render(huge)
    assert len(text.encode()) <= markdown.MAX_BYTES
    assert "and 9980 more" in text


def test_what_grows_when_it_is_made_harmless_is_bounded_too() -> None:
    grown = summary(
        message="\U0001d535<b>" * 9_000, summary="<b>@a" * 9_000, hint="\U0001f468" * 9_000, notes=("<b>" * 900,) * 90
    )
    assert len(markdown.render(grown).encode()) <= markdown.MAX_BYTES


def test_a_quote_cannot_close_its_block() -> None:
    text = markdown.render(summary(findings=(finding(quote="```\n# heading\n````"),)))
    assert "`````text\n```\n# heading\n````\n`````" in text


def test_hostile_text_stays_text_on_the_page() -> None:
    hostile = summary(
        findings=(finding(title=HOSTILE, body=HOSTILE, quote=HOSTILE, path=HOSTILE),), message=HOSTILE, summary=HOSTILE,
        notes=(HOSTILE,), hint=HOSTILE, not_reviewed=(HOSTILE,),
    )  # fmt: skip
    plain, shown = (
        Tags(page.render(summary(notes=("n",), hint="h", summary="s", not_reviewed=("n",)))),
        Tags(page.render(hostile)),
    )
    assert shown.tags == plain.tags
    assert not {"script", "img", "a", "iframe", "link"} & set(shown.tags)
    assert not [name for name in shown.attributes if name.startswith("on") or name in ("src", "href")]
    assert "\u202e" not in page.render(hostile)
    assert "⟦U+202E⟧" in page.render(hostile)


def test_hostile_text_is_no_control_sequence_and_no_markup_on_the_terminal() -> None:
    stream = StringIO()
    console.show(summary(findings=(finding(title=HOSTILE),), message=HOSTILE, notes=(HOSTILE,)), stream)
    shown = stream.getvalue()
    assert "\x1b" not in shown
    assert "[red]x[/red]" in shown


def test_sarif_names_place_and_level_and_leaves_removed_lines_out() -> None:
    run = sarif.render(summary(findings=(finding(path="a b#.py"), finding(side="old"))))["runs"][0]
    assert len(run["results"]) == 1
    assert run["results"][0]["level"] == "error"
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b%23.py"
    assert place["region"] == {"startLine": 3, "endLine": 3}


@pytest.mark.parametrize("suffix", [".md", ".json", ".sarif", ".html"])
def test_the_suffix_chooses_the_form_and_folders_are_made(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"report{suffix}"
    write.write(summary(findings=(finding(title="half \ud800 character"),)), path)
    text = path.read_text(encoding="utf-8")
    assert "Posted twice" in text or "half" in text
    if suffix in (".json", ".sarif"):
        json.loads(text)


def test_another_suffix_is_refused_before_anything_runs() -> None:
    with pytest.raises(UsageError, match=r"suffix '\.doc'") as caught:
        write.check(Path("report.doc"))
    assert ".html" in caught.value.hint


def test_a_report_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        write.write(summary(), tmp_path / "file" / "report.md")


def test_the_object_of_a_run_has_the_documented_keys() -> None:
    document = summary().document()
    assert list(document) == [
        "schema", "run", "workflow", "outcome", "exit", "record", "fingerprint", "statement", "findings", "dropped",
        "not_reviewed", "excluded", "instruction_paths", "refused_commands", "proposal", "usage", "seconds", "message",
    ]  # fmt: skip
    assert document["schema"] == "proposer/run/v1"
    assert document["fingerprint"] == "sha256:" + "0" * 64
    assert "\n" not in summary(message="two\nlines").document()["message"]


def test_progress_off_a_terminal_is_one_plain_line_for_each_step() -> None:
    stream = StringIO()
    with console.Progress(stream) as progress:
        progress.step("first")
        progress.step("second\n::error::[bold]x")
    lines = stream.getvalue().splitlines()
    assert lines[0].endswith("first")
    assert not [line for line in lines if line.strip().startswith("::")]
    assert "[bold]x" in stream.getvalue()


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stream = _Terminal()
    with console.Progress(stream) as progress:
        progress.step("exec_command: a[b] \x1b]0;title\x07 (command 1, 30 tokens)")
        line = progress.__rich__()
        progress.step("second\nline")
        assert progress.__rich__().plain.endswith("s  second line")
    assert line.plain.endswith(" s  exec_command: a[b]  (command 1, 30 tokens)")
    assert "\x1b]0;" not in stream.getvalue()
    assert "second line" not in stream.getvalue().rpartition("\n")[2]


def test_progress_in_ci_is_plain_although_there_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    stream = _Terminal()
    with console.Progress(stream) as progress:
        progress.step("first")
        progress.step("second")
    assert [line.split(" s  ")[1] for line in stream.getvalue().splitlines()] == ["first", "second"]


def test_no_part_of_a_report_swallows_or_completes_another() -> None:
    hostile = (
        finding(title="``` @user", body="![a]", severity="P1"),
        finding(title="[a]: https://github.com/o/r/a.png", body="[a]: https://github.com/o/r/a.png", severity="P2"),
    )
    text = markdown.render(summary(findings=hostile, hint="> ~~~", notes=("- ```",)))
    assert "&#96;&#96;&#96; `@user`" in text
    assert "&#33;[a]" in text
    assert text == safe.markdown(text)
    assert text.count("\n```") == 4
