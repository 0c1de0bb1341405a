"""The format of codex.lock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.config import lockfile
from proposer.config.lockfile import (
    Lock,
    compare,
    is_pinned,
    parse,
    platform_name,
    render,
    wheel_digest,
    workflow_files,
)

DIGEST = "0123456789abcdef" * 4
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
FILES = st.dictionaries(TEXT, st.sampled_from([DIGEST, "f" * 64]), max_size=5)
LOCK = Lock(codex_version="1", model="m", effort="e", proposer_version="2", codex_sha256={"linux-x86_64": DIGEST},
            files={"a": DIGEST})  # fmt: skip


@given(TEXT, TEXT, TEXT, TEXT, FILES, FILES)
def test_what_was_written_reads_back_and_equal_pins_are_equal_bytes(
    codex: str, model: str, effort: str, version: str, known: dict[str, str], files: dict[str, str]
) -> None:
    lock = Lock(
        codex_version=codex, model=model, effort=effort, proposer_version=version, codex_sha256=known, files=files
    )
    text = render(lock)
    assert parse(text) == lock
    shuffled = Lock(codex_version=codex, model=model, effort=effort, proposer_version=version,
                    codex_sha256=dict(reversed(known.items())), files=dict(reversed(files.items())))  # fmt: skip
    assert render(shuffled) == text


def test_one_sorted_line_for_each_file() -> None:
    rows = render(
        Lock(codex_version="1", model="m", effort="e", proposer_version="2", files={"b": DIGEST, "a": DIGEST})
    )
    assert rows.endswith(f'[files]\n"a" = "{DIGEST}"\n"b" = "{DIGEST}"\n')


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("version = 1", "version = 2", "version 2 is not 1", id="another-format"),
        pytest.param("version = 1", "", "version None", id="no-format"),
        pytest.param('model = "m"', "", "model", id="no-model"),
        pytest.param('model = "m"', 'model = ""', "model", id="an-empty-model"),
        pytest.param('effort = "e"', "effort = 7", "effort", id="an-effort-that-is-no-text"),
        pytest.param('effort = "e"', 'effort = "e"\nsandbox = "none"', "sandbox", id="an-unknown-pin"),
        pytest.param("[files]", "[extra]\nx = 1\n[files]", "extra", id="an-unknown-table"),
        pytest.param(f'"a" = "{DIGEST}"', f'"a" = "{DIGEST.upper()}"', "digest", id="capital-letters"),
        pytest.param(f'"a" = "{DIGEST}"', f'"a" = "{DIGEST[:-1]}"', "digest", id="a-digit-short"),
        pytest.param(f'"a" = "{DIGEST}"', f'"a" = "{DIGEST[:-1]}g"', "digest", id="no-digit"),
        pytest.param(f'"a" = "{DIGEST}"', '"a" = 7', "digest", id="a-number"),
        pytest.param(f'"a" = "{DIGEST}"', f'"a" = "{DIGEST}"\n"a" = "{DIGEST}"', "overwrite", id="a-file-twice"),
        pytest.param("[codex]", "[codec]", r"\[codex\]", id="no-codex"),
        pytest.param("[files]", "[[files]]", r"\[files\]", id="files-of-another-shape"),
        pytest.param("[codex.sha256]", "[codex.sha512]", "sha512", id="digests-of-another-kind"),
        pytest.param("[codex]", "nonsense", "Expected", id="no-toml"),
    ],
)
def test_a_lock_with_a_mistake_is_refused(old: str, new: str, words: str) -> None:
    text = render(LOCK)
    assert old in text
    with pytest.raises(ValueError, match=words):
        parse(text.replace(old, new, 1))


@given(st.text(max_size=60))
def test_any_text_is_a_lock_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return
    raise AssertionError(text)


def test_differences_are_named_one_by_one() -> None:
    lock = Lock(codex_version="1", model="m", effort="e", proposer_version="2", files={"a": DIGEST, "b": DIGEST})
    assert compare(lock, {"a": DIGEST, "b": DIGEST}) == []
    assert compare(lock, {"b": "f" * 64, "c": DIGEST}) == [
        "a is in codex.lock and missing", "b is not the file that codex.lock pins", "c is not in codex.lock",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "pinned"),
    [
        ("AGENTS.md", True), ("a/b/AGENTS.md", True), ("a/AGENTS.override.md", True), (".codex/config.toml", True),
        (".codex/rules/x.rules", True), (".codex/hooks.json", False), (".agents/skills/x/y/z.md", True),
        (".github/codex/prompts/review.md", True), ("schemas/x.json", True), ("proposer.toml", True),
        ("prompts/mine.md", True), ("prompts/other.md", False), ("src/x.py", False), ("codex.lock", False),
        ("MYAGENTS.md", False), ("a/schemas/x.json", False),
    ],
)  # fmt: skip
def test_what_is_pinned(path: str, pinned: bool) -> None:
    assert is_pinned(path, ["prompts/mine.md"]) is pinned


def test_prompts_and_schemas_of_workflows_are_named() -> None:
    text = '[workflows.b]\nprompt = "p"\nschema = "s"\n[workflows.a]\nprompt = "p"\n'
    assert workflow_files(text.encode()) == ["p", "s"]
    assert workflow_files(b"") == []
    with pytest.raises(ValueError, match="Expected"):
        workflow_files(b"nonsense")


def test_the_digest_of_a_wheels_file_is_found() -> None:
    record = "pkg/bin/codex,sha256=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,123\npkg/x.py,,\n"
    assert wheel_digest(record, "/bin/codex") == bytes(range(32)).hex()
    assert wheel_digest(record, "/bin/other") is None
    assert wheel_digest("", "/bin/codex") is None


@pytest.mark.parametrize(
    ("system", "machine", "name"),
    [("Linux", "x86_64", "linux-x86_64"), ("Darwin", "arm64", "darwin-arm64"), ("Linux", "aarch64", "linux-arm64"),
     ("Linux", "AMD64", "linux-x86_64")],
)  # fmt: skip
def test_platforms(system: str, machine: str, name: str) -> None:
    assert platform_name(system, machine) == name
    assert name in lockfile.CODEX_SHA256
