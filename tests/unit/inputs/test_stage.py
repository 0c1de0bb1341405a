"""The stage: the subject's files with the base's instructions, and what is read back from it."""

import os
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from lab import Lab
from proposer.errors import UsageError
from proposer.inputs.files import Sides
from proposer.inputs.stage import Stage, is_instruction, prepare
from proposer.inputs.subject import resolve
from proposer.inputs.workspace import Workspace, opened


@pytest.mark.parametrize(
    "path",
    [
        "AGENTS.md", "deep/er/AGENTS.md", "deep/AGENTS.override.md", "agents.MD", "CLAUDE.md", ".gitattributes",
        "sub/.gitattributes", ".codex/config.toml", "sub/.codex/rules/x.rules", ".agents/skills/x/SKILL.md", ".CODEX/x",
        ".codex", "sub/.agents", ".github/codex/prompts/review.md", ".GitHub/Codex/x", "schemas/x.json", "schemas",
        "proposer.toml", "codex.lock", "tasks.py", "noxfile.py", "tasks/__init__.py", "tasks", "Tasks.py",
        "invoke.yaml", ".proposer/runs/x", ".proposer", "prompts/mine.md", "odd[1].md",
    ],
)  # fmt: skip
def test_what_instructs_codex_or_chooses_what_runs_is_the_bases(path: str) -> None:
    assert is_instruction(path, ("prompts/*",), frozenset({"odd[1].md"}))


@pytest.mark.parametrize(
    "path",
    ["src/tasks.py", "app/noxfile.py", "docs/AGENTS.md.txt", "MY-AGENTS.md", "src/schemas/x.py", "codex/x", "x.codex",
     "odd1.md", "conftest.py"],
)  # fmt: skip
def test_other_files_are_the_subjects(path: str) -> None:
    assert not is_instruction(path, ("prompts/*",), frozenset({"odd[1].md"}))


def staged(workspace: Workspace) -> Stage:
    """Stage the last commit."""
    subject = resolve(workspace, base="HEAD~1", head="HEAD")
    return prepare(workspace, subject, instruction=partial(is_instruction))


def listing(stage: Stage) -> set[str]:
    return {
        str(path.relative_to(stage.path))
        for path in stage.path.rglob("*")
        if ".git" not in path.parts and not path.is_dir()
    }


def test_instruction_paths_are_the_bases_and_codexs_own_folders_are_gone(repo: Lab, workspace: Workspace) -> None:
    repo.write("AGENTS.md", "base\n")
    repo.write(".codex/config.toml", "base\n")
    repo.commit()
    repo.write("AGENTS.md", "change\n")
    repo.write("sub/AGENTS.override.md", "change\n")
    repo.write(".agents/skills/x/SKILL.md", "change\n")
    repo.write("code.py", "change\n")
    repo.commit()
    stage = staged(workspace)
    assert listing(stage) == {"AGENTS.md", "code.py", "note.txt"}
    assert (stage.path / "AGENTS.md").read_text(encoding="ascii") == "base\n"
    assert stage.touched == (".agents/skills/x/SKILL.md", "AGENTS.md", "sub/AGENTS.override.md")


@pytest.mark.parametrize("name", [".codex", ".agents"])
def test_a_link_of_the_base_in_the_place_of_codexs_folder_is_gone_too(
    repo: Lab, workspace: Workspace, name: str
) -> None:
    (repo.root / name).symlink_to("elsewhere")
    repo.commit()
    repo.write("elsewhere/config.toml", "evil\n")
    repo.commit()
    assert listing(staged(workspace)) == {"elsewhere/config.toml", "note.txt"}


def test_a_file_in_the_place_of_an_instruction_folder_gives_way(repo: Lab, workspace: Workspace) -> None:
    repo.write("ledger/AGENTS.md", "base\n")
    repo.commit()
    (repo.root / "ledger" / "AGENTS.md").unlink()
    (repo.root / "ledger").rmdir()
    repo.write("ledger", "a file now\n")
    repo.commit()
    stage = staged(workspace)
    assert listing(stage) == {"ledger/AGENTS.md", "note.txt"}
    assert stage.touched == ("ledger/AGENTS.md",)


def test_a_submodule_is_an_empty_folder_and_reads_back_unchanged(repo: Lab, workspace: Workspace) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},sub")
    repo.git("commit", "-q", "-m", "submodule")
    repo.write("sub/ignored-by-git.txt", "x")
    repo.write("code.py", "x\n")
    repo.git("add", "code.py")
    repo.git("commit", "-q", "-m", "change")
    stage = staged(workspace)
    assert listing(stage) == {"code.py", "note.txt"}
    assert stage.harvest(ignored=True) == []


def test_a_file_that_nobody_wrote_does_not_look_written_whatever_the_base_says_about_line_ends(
    repo: Lab, workspace: Workspace
) -> None:
    repo.write("dos.txt", b"one\r\ntwo\r\n")
    repo.write("wide.txt", "größe\n".encode("utf-16"))
    repo.write("id.txt", b"$Id$ and $Id: old $\n")
    repo.commit()
    repo.write(".gitattributes", "dos.txt text\nwide.txt working-tree-encoding=UTF-32\nid.txt ident\n*.py filter=x\n")
    repo.git("add", ".gitattributes")  # not the others: they stay in the repository as they are
    repo.git("commit", "-q", "-m", "attributes")
    repo.write("code.py", "x\n")
    repo.git("add", "code.py")
    repo.git("commit", "-q", "-m", "change")
    stage = staged(workspace)
    for path in stage.path.iterdir():
        if path.is_file():
            os.utime(path, (1, 1))  # git must look at the bytes
    assert stage.harvest(ignored=True) == []
    assert (stage.path / "dos.txt").read_bytes() == b"one\r\ntwo\r\n"


def test_what_was_written_is_read_back_and_what_the_subject_ignores_is_told_apart(
    repo: Lab, workspace: Workspace
) -> None:
    repo.write(".gitignore", "*.log\nbuild/\n")
    repo.write("sub/.gitignore", "*.tmp\n")
    repo.commit()
    repo.write("code.py", "x\n")
    repo.commit()
    stage = staged(workspace)
    for name in ("a.log", "build/x", "sub/y.tmp", "y.tmp", "new.py", "sly.py"):
        (stage.path / name).parent.mkdir(exist_ok=True)
        (stage.path / name).write_text("x", encoding="ascii")
    (stage.path / ".gitignore").write_text("sly.py\n*.log\n", encoding="ascii")  # a model's own rule
    (stage.path / "note.txt").unlink()
    written = stage.harvest(ignored=True)
    assert written == [".gitignore", "a.log", "build/x", "new.py", "note.txt", "sly.py", "sub/y.tmp", "y.tmp"]
    assert stage.hidden(written) == {"a.log", "build/x", "sub/y.tmp"}
    assert stage.hidden([]) == set()


def test_a_planted_repository_is_removed_and_named(repo: Lab, workspace: Workspace, tmp_path: Path) -> None:
    repo.write("code.py", "x\n")
    repo.commit()
    stage = staged(workspace)
    proof = tmp_path / "ran"
    for place in ("nested/.git", "deep/er/.GIT"):
        (stage.path / place / "hooks").mkdir(parents=True)
        (stage.path / place / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
        (stage.path / place / "config").write_text(f"[core]\n\tfsmonitor = touch {proof}\n", encoding="ascii")
    (stage.path / "nested" / "z.txt").write_text("z", encoding="ascii")
    subprocess.run(["git", "-C", str(stage.path), "config", "core.fsmonitor", f"touch {proof}"], check=True)
    assert stage.harvest(ignored=True) == ["deep/er/.GIT", "nested/.git", "nested/z.txt"]
    assert not proof.exists()


def test_attributes_of_the_base_say_what_is_generated(repo: Lab, workspace: Workspace) -> None:
    repo.write(".gitattributes", "*.gen linguist-generated\n*.pic binary\n*.not -linguist-generated\n")
    repo.commit()
    repo.write(".gitattributes", "*.py linguist-generated\n")
    repo.write("x.gen", "x\n")
    repo.commit()
    stage = staged(workspace)
    names = ["x.gen", "new\nline.gen", "a.pic", "a.py", "a.not"]
    assert stage.generated(names) == {"x.gen", "new\nline.gen", "a.pic"}
    assert stage.generated([]) == set()


def test_a_subject_whose_objects_are_missing_says_what_brings_them(repo: Lab, tmp_path: Path) -> None:
    repo.write("code.py", "x\n")
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.root}", str(tmp_path / "partial"))
    with opened(tmp_path / "partial") as workspace, pytest.raises(UsageError, match=r"checked out|missing") as caught:
        staged(workspace)
    assert "--refetch" in caught.value.hint


def test_both_sides_can_be_read_by_the_names_that_were_shown(repo: Lab, workspace: Workspace) -> None:
    repo.write("caf\udce9.txt", b"old \xe9\n")
    repo.commit()
    repo.write("caf\udce9.txt", b"new \xe9\n")
    (repo.root / "link").symlink_to("note.txt")
    repo.commit()
    subject = resolve(workspace, base="HEAD~1", head="HEAD")
    text = Sides(workspace.git(), old=subject.old, new=subject.tree).text
    assert text("old", "caf\\xe9.txt") == "old \\xe9\n"
    assert text("new", "caf\\xe9.txt") == "new \\xe9\n"
    for side, path in (
        ("new", "link"),
        ("new", "../note.txt"),
        ("new", "/etc/passwd"),
        ("left", "note.txt"),
        ("new", ""),
    ):
        assert text(side, path) is None


def test_a_stage_of_sha256_objects_works(tmp_path: Path, repo: Lab) -> None:
    root = tmp_path / "new-hash"
    root.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256"], cwd=root, check=True)
    other = Lab(root=root, scratch=repo.scratch, home=repo.home)
    other.write("AGENTS.md", "base\n")
    other.commit()
    other.git("rm", "-q", "AGENTS.md")
    other.write("sub/AGENTS.md", "change\n")
    other.commit()
    with opened(root) as workspace:
        stage = staged(workspace)
        assert listing(stage) == {"AGENTS.md"}
        assert stage.harvest(ignored=True) == []


def test_a_write_of_the_same_size_in_the_second_of_the_checkout_is_read_back(repo: Lab, workspace: Workspace) -> None:
    repo.write("note.txt", "aaaa\n")
    repo.commit()
    stage = staged(workspace)
    (stage.path / "note.txt").write_text("bbbb\n", encoding="ascii")
    time.sleep(1.1)  # git believes an index that is younger than its entries; the copy must not look so
    assert stage.harvest(ignored=False) == ["note.txt"]
