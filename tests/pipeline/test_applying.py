"""`inv codex.apply`: what it takes over comes from a record that verifies, and it is all or nothing."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from lab import CLEAN, Lab, says
from proposer import applying, digests
from proposer.errors import RefusedError, UsageError
from proposer.outputs.patch import NAME
from proposer.provenance import heads, record, statement
from proposer.provenance.ledger import Ledger
from proposer.reports.summary import Summary

WRITING = """
[workflows.mend]
summary = "Test only: a workflow that may write in the stage."
prompt = ".github/codex/prompts/review.md"
schema = "schemas/review.schema.json"
sandbox = "workspace-write"
allowed = ["src/**", "tests/**"]
"""
pytestmark = pytest.mark.sandbox


@pytest.fixture
def mend(lab: Lab) -> Lab:
    """A repository whose base declares a workflow that may write; the last commit breaks the code."""
    path = lab.root / "proposer.toml"
    path.write_text(path.read_text(encoding="utf-8") + WRITING, encoding="utf-8")
    lab.write("src/shop.py", "def total(rows):\n    return sum(rows)\n")
    lab.write("src/old/gone.py", "x = 1\n")
    lab.write("src/logo.png", b"\x89PNG\0\1")
    lab.write('src/q"uo\u00e9te.txt', "before\n")
    lab.write("src/crlf.txt", b"one\r\ntwo\r\n")
    lab.write("src/run.sh", "echo\n").chmod(0o755)
    lab.relock()
    lab.write("src/shop.py", "def total(rows):\n    return 0\n")
    lab.commit()
    return lab


def state(lab: Lab) -> str:
    """Return a digest of all files (with their rights) beside `.git` and `.proposer`, and of the index."""
    whole = hashlib.sha256((lab.root / ".git" / "index").read_bytes())
    for path in sorted(lab.root.rglob("*")):
        name = path.relative_to(lab.root)
        if name.parts[0] not in (".git", ".proposer"):
            data = bytes(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
            whole.update(repr((str(name), path.lstat().st_mode, data)).encode(errors="surrogateescape"))
    return whole.hexdigest()


FIX = {"shell": "sed -i 's/return 0/return sum(rows)/' src/shop.py"}


def proposed(lab: Lab, *steps: Any, **more: Any) -> Summary:
    summary = lab.review(*(steps or (FIX,)), CLEAN, name="mend", **more)
    assert summary.proposal is not None
    return summary


def test_a_proposal_is_applied_without_a_commit_and_its_statement_is_put_beside_it(mend: Lab) -> None:
    summary = proposed(mend)
    index, head = (mend.root / ".git/index").read_bytes(), mend.git("rev-parse", "HEAD")
    shown = mend.inv("codex.apply", summary.run)
    assert shown.returncode == 0, shown.stderr
    assert (mend.root / "src/shop.py").read_text(encoding="utf-8") == "def total(rows):\n    return sum(rows)\n"
    kept = mend.root / "provenance" / f"{summary.run}.statement.json"
    assert kept.read_bytes() == (mend.record(summary) / "statement.json").read_bytes()
    anchor = heads.of(Ledger(mend.root / ".proposer/ledger"))
    assert anchor is not None
    assert (mend.root / "provenance/ledger.head").read_text() == f"{anchor.line}\n"
    assert f"Assisted-by: codex:gpt-5.5 (run {summary.run})" in shown.stdout.splitlines()
    assert "+    return sum(rows)" in shown.stdout
    assert "no model was asked" in shown.stdout
    assert ((mend.root / ".git/index").read_bytes(), mend.git("rev-parse", "HEAD")) == (index, head)


def test_check_changes_nothing_and_says_the_same(mend: Lab) -> None:
    summary, before = proposed(mend), state(mend)
    checked = json.loads(mend.inv("codex.apply", summary.run, "--check", "--json").stdout)
    assert state(mend) == before
    applied = json.loads(mend.inv("codex.apply", summary.run, "--json").stdout)
    assert (checked.pop("applied"), applied.pop("applied")) == (False, True)
    assert checked == applied
    assert applied["files"] == [["changed", "src/shop.py"]]


def test_every_kind_of_change_arrives_as_the_run_left_it(mend: Lab) -> None:
    script = (
        "rm -r src/old src/logo.png; chmod -x src/run.sh; mkdir -p 'src/new place/deep'; printf 'no newline' > "
        "'src/new place/deep/é \"x\".txt'; printf 'after\\n' > 'src/q\"uo\u00e9te.txt'; sed -i 's/two/2/' src/crlf.txt"
    )
    summary = proposed(mend, {"shell": script})
    assert summary.outcome.label == "clean", summary.reasons
    mend.write("src/untracked.txt", "mine\n")
    result = applying.apply(mend.root, summary.run)
    assert [kind for kind, _ in result.files] == ["changed", "changed", "changed", "new", "removed", "removed"]
    source = mend.root / "src"
    assert not (source / "old").exists()
    assert not (source / "logo.png").exists()
    assert not source.joinpath("run.sh").stat().st_mode & stat.S_IXUSR
    assert (source / 'new place/deep/\u00e9 "x".txt').read_bytes() == b"no newline"
    assert (source / 'q"uo\u00e9te.txt').read_text(encoding="utf-8") == "after\n"
    assert (source / "crlf.txt").read_bytes() == b"one\r\n2\r\n"
    assert (source / "untracked.txt").read_text(encoding="utf-8") == "mine\n"
    mend.git("add", "-A", "src")
    patch = mend.git("diff", "--cached", "--full-index", "--no-renames", "HEAD", "--", ":!src/untracked.txt")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(mend.root)
        subprocess.run(["git", "apply", "--check", "-R", mend.record(summary) / NAME], check=True)
    assert patch.count("diff --git") == 6


def test_a_proposal_for_the_working_tree_goes_on_top_of_it(mend: Lab) -> None:
    mend.write("src/shop.py", "def total(rows):\n    return 0  # mine\n")
    summary = proposed(mend, base="HEAD", head="")
    applying.apply(mend.root, summary.run)
    assert (mend.root / "src/shop.py").read_text(encoding="utf-8").endswith("return sum(rows)  # mine\n")


def _dirty(lab: Lab, _: Summary) -> None:
    lab.write("src/shop.py", "def total(rows):\n    return 0\n\n# mine\n")


def _staged(lab: Lab, summary: Summary) -> None:
    _dirty(lab, summary)
    lab.git("add", "src/shop.py")


def _executable(lab: Lab, _: Summary) -> None:
    (lab.root / "src/shop.py").chmod(0o755)


def _gone(lab: Lab, _: Summary) -> None:
    (lab.root / "src/shop.py").unlink()


def _link(lab: Lab, _: Summary) -> None:
    path = lab.root / "src/shop.py"
    path.rename(lab.scratch / "shop.py")
    path.symlink_to(lab.scratch / "shop.py")


def _link_on_the_way(lab: Lab, _: Summary) -> None:
    shutil.move(lab.root / "src", lab.scratch / "src")
    (lab.root / "src").symlink_to(lab.scratch / "src")


def _nested_repository(lab: Lab, _: Summary) -> None:
    (lab.root / "src" / ".git").mkdir()


def _pipe(lab: Lab, _: Summary) -> None:
    (lab.root / "src/shop.py").unlink()
    os.mkfifo(lab.root / "src/shop.py")


def _another_commit(lab: Lab, _: Summary) -> None:
    lab.write("elsewhere.txt", "x\n")
    lab.commit()


def _older_commit(lab: Lab, _: Summary) -> None:
    lab.git("checkout", "-q", "HEAD~1")


def _statement_link(lab: Lab, _: Summary) -> None:
    (lab.root / "provenance").symlink_to(lab.scratch)


def _other_statement(lab: Lab, summary: Summary) -> None:
    lab.write(f"provenance/{summary.run}.statement.json", "{}")


IN_THE_WAY: list[tuple[str, Callable[[Lab, Summary], None], str]] = [
    ("an edit of a touched file", _dirty, r"src/shop\.py"),
    ("an edit that is staged", _staged, r"src/shop\.py"),
    ("another mode", _executable, r"src/shop\.py"),
    ("a removed file", _gone, r"src/shop\.py"),
    ("a link in its place", _link, "not a regular file"),
    ("a link on the way", _link_on_the_way, "src is a link"),
    ("a repository on the way", _nested_repository, "repository of its own"),
    ("a pipe", _pipe, "not a regular file"),
    ("a later commit", _another_commit, "HEAD is"),
    ("an older commit", _older_commit, "HEAD is"),
    ("a link for the statement", _statement_link, "provenance is a link"),
    ("another statement", _other_statement, "is there already"),
]


@pytest.mark.parametrize(("disturb", "message"), [row[1:] for row in IN_THE_WAY], ids=[row[0] for row in IN_THE_WAY])
def test_what_is_in_the_way_is_named_and_nothing_is_changed(
    mend: Lab, disturb: Callable[[Lab, Summary], None], message: str
) -> None:
    summary = proposed(mend)
    disturb(mend, summary)
    before, outside = state(mend), sorted(path.read_bytes() for path in mend.scratch.rglob("*.py"))
    for check_only in (True, False):
        with pytest.raises(RefusedError, match=message):
            applying.apply(mend.root, summary.run, check_only=check_only)
    assert state(mend) == before
    assert sorted(path.read_bytes() for path in mend.scratch.rglob("*.py")) == outside


def test_a_new_file_never_covers_one_that_is_there(mend: Lab) -> None:
    summary = proposed(mend, FIX, {"shell": "echo proposed > src/made.txt"})
    mend.write(".git/info/exclude", "made.txt\n")
    mend.write("src/made.txt", "mine, and ignored\n")
    before = state(mend)
    with pytest.raises(RefusedError, match=r"src/made\.txt"):
        applying.apply(mend.root, summary.run)
    assert state(mend) == before


def test_changes_elsewhere_do_not_matter(mend: Lab) -> None:
    summary = proposed(mend)
    mend.write("note.txt", "mine\n")
    applying.apply(mend.root, summary.run)
    assert (mend.root / "note.txt").read_text(encoding="utf-8") == "mine\n"
    with pytest.raises(RefusedError, match="does not apply"):
        applying.apply(mend.root, summary.run)


@pytest.mark.parametrize("place", range(2))
def test_a_disk_that_is_full_in_the_middle_leaves_everything_as_it_was(
    mend: Lab, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = proposed(mend, FIX, {"shell": "mkdir src/a && echo x > src/a/new.txt && rm src/old/gone.py"})
    before, calls = state(mend), []
    name = ("fsync", "rename")[place]
    real = getattr(os, name)

    def full(*args: Any, **more: Any) -> Any:
        if "dir_fd" in str(more) or name == "fsync":
            calls.append(args)
            if len(calls) == 3:
                raise OSError(28, "No space left on device")
        return real(*args, **more)

    monkeypatch.setattr(os, name, full)
    with pytest.raises(RefusedError, match="No space left on device; nothing was changed"):
        applying.apply(mend.root, summary.run)
    monkeypatch.undo()
    assert len(calls) >= 3
    assert state(mend) == before


REFUSED: list[tuple[str, Any, Any, str]] = [
    ("the gate", {"shell": "echo 'x = 1' > tasks.py"}, CLEAN, "protected"),
    ("a blocking finding", FIX, says("request_changes"), "came out as incomplete"),
    ("no answer", FIX, {"answer_text": "done"}, "came out as invalid"),
    ("nothing proposed", {"shell": "true"}, CLEAN, "proposes nothing"),
]


@pytest.mark.parametrize(("step", "answer", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_run_that_was_not_found_good_is_refused(mend: Lab, step: Any, answer: Any, message: str) -> None:
    summary, before = mend.review(step, answer, name="mend"), state(mend)
    done = mend.inv("codex.apply", summary.run)
    assert (done.returncode, state(mend)) == (7, before)
    assert message in done.stderr


def test_a_record_with_one_changed_byte_is_refused(mend: Lab) -> None:
    summary = proposed(mend)
    path = mend.record(summary) / NAME
    path.write_bytes(path.read_bytes().replace(b"sum(rows)", b"max(rows)"))
    before = state(mend)
    done = mend.inv("codex.apply", summary.run, "--check")
    assert (done.returncode, state(mend)) == (7, before)
    assert "proposal.patch was changed" in done.stderr


def forge(lab: Lab, summary: Summary, patch: bytes) -> None:
    """Give a record another patch, and make document, statement and ledger agree with it."""
    store, folder = record.Store(lab.root), lab.record(summary)
    document = store.document(folder)
    (folder / NAME).write_bytes(patch)
    artifacts = document.outputs.artifacts_sha256 | {NAME: digests.of_bytes(patch)}
    document = document.model_copy(
        update={"outputs": document.outputs.model_copy(update={"artifacts_sha256": artifacts})}
    )
    data = document.model_dump_json().encode()
    (folder / "record.json").write_bytes(data)
    text = statement.of(document, digests.of_bytes(data))
    (folder / "statement.json").write_bytes(text)
    store.ledger.append(text)
    assert not list(store.problems(folder))


def _adds(name: str, text: str = "x = 1") -> bytes:
    oid = hashlib.sha1(f"blob {len(text) + 1}\0{text}\n".encode(), usedforsecurity=False).hexdigest()
    return (
        f"diff --git a/{name} b/{name}\nnew file mode 100644\nindex {'0' * 40}..{oid}\n--- /dev/null\n+++ b/{name}\n"
        f"@@ -0,0 +1 @@\n+{text}\n"
    ).encode()


FORGED: list[tuple[str, bytes, str]] = [
    ("a protected path", _adds(".github/workflows/x.yml"), "protected"),
    ("a quoted protected path", _adds(r'.github/workflows/q"x.yml'), "cannot be read|protected|not what the run saw"),
    ("out of the tree", _adds("../outside.txt"), "leads out"),
    ("an absolute path", _adds("/outside.txt"), "cannot be read|not what the run saw|leads out"),
    ("the repository itself", _adds(".git/hooks/post-commit"), "cannot be read|leads out"),
    ("its disguise", _adds("src/.GIT/config"), "cannot be read|leads out"),
    ("a link", _adds("src/link").replace(b"100644", b"120000"), "would be a link"),
    ("an executable", _adds("src/x.sh").replace(b"100644", b"100755"), "executable"),
    ("a wrong object id", _adds("src/x.py").replace(b"..", b"..0", 1)[:-1] + b"\n", "not what the run saw|cannot be read"),
    ("text before it", b"diff --git a/x b/x\n" + _adds("src/x.py"), "not what the run saw|cannot be read"),
    ("no patch", b"", "cannot be read|does not apply"),
    ("a repository", b"diff --git a/src/m b/src/m\nnew file mode 160000\nindex " + b"0" * 40 + b".." + b"1" * 40
     + b"\n--- /dev/null\n+++ b/src/m\n@@ -0,0 +1 @@\n+Subproject commit " + b"1" * 40 + b"\n", "would be a link or a repository"),
]  # fmt: skip


@pytest.mark.parametrize(("patch", "message"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_a_record_that_was_forged_as_a_whole_still_meets_the_gate(mend: Lab, patch: bytes, message: str) -> None:
    summary = proposed(mend)
    forge(mend, summary, patch)
    before = state(mend)
    with pytest.raises(RefusedError, match=message):
        applying.apply(mend.root, summary.run)
    assert state(mend) == before
    assert not (mend.root.parent / "outside.txt").exists()


def test_a_forged_record_with_a_harmless_patch_shows_that_the_forgery_is_one(mend: Lab) -> None:
    """Without this the table above could be refused for any reason."""
    summary = proposed(mend)
    forge(mend, summary, _adds("src/x.py"))
    assert applying.apply(mend.root, summary.run).files == (("new", "src/x.py"),)


def test_a_run_that_is_not_there_is_a_usage_error(mend: Lab) -> None:
    with pytest.raises(UsageError, match="there is no run"):
        applying.apply(mend.root, "20260101")


def test_what_is_printed_of_a_patch_is_no_command_of_a_runner(mend: Lab) -> None:
    summary = proposed(
        mend, {"shell": "printf '::error::x\\n##[error]x\\n' > src/log.txt; printf '::warning::y\\n' >> src/run.sh"}
    )
    out = mend.inv("codex.apply", summary.run, "--check").stdout
    assert "src/log.txt" in out
    assert "##[" not in out
    assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
