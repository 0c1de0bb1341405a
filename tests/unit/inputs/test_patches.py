"""Patches taken apart by their numbers: no line and no file name can pass for a header."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab import Lab
from proposer.inputs.patches import added_lines, binary_paths, patches_of, reduced, sizes_of
from proposer.inputs.subject import changes_between, resolve
from proposer.inputs.workspace import Workspace, opened

TRICKS = [
    b"diff --git a/evil.py b/evil.py\n--- a/evil.py\n+++ b/evil.py\n@@ -1 +1 @@\n-a\n+b\n",
    b"++ not a header\n-- not a header either\n@@ -9,9 +9,9 @@\n",
    b"one\rtwo\r\nthree\x0bfour\x0cfive\x85six\xe2\x80\xa8seven\n",
    b"no newline at the end",
    b"\\ No newline at end of file\n",
    b"\n\n\n",
    b"\xff\xfe\x00latin \xe9\n",
]


def change(repo: Lab, files: dict[str, bytes]) -> dict[str, bytes]:
    """Commit files and return the patches of that commit."""
    for name, data in files.items():
        repo.write(name, data)
    repo.commit()
    with opened(repo.root) as workspace:
        found = resolve(workspace, base="HEAD~1", head="HEAD")
        return patches_of(workspace.git(), found.old, found.tree, found.changes)


@pytest.mark.parametrize("number", range(len(TRICKS)))
def test_each_patch_holds_its_own_file_whatever_the_lines_look_like(repo: Lab, number: int) -> None:
    trick = TRICKS[number]
    patches = change(repo, {"a.txt": b"a\n", "b.txt": trick, "c.txt": b"c\n"})
    added = [line.text for line in added_lines(patches["b.txt"])]
    assert b"\n".join(added) + (b"\n" if trick.endswith(b"\n") else b"") == trick
    assert [line.text for line in added_lines(patches["a.txt"])] == [b"a"]
    assert [line.text for line in added_lines(patches["c.txt"])] == [b"c"]


def test_modes_types_links_and_removals_keep_their_places(repo: Lab) -> None:
    for name in ("mode.sh", "type", "gone.txt", "kept.txt", "zero"):
        repo.write(name, b"" if name == "zero" else b"text\n")
    repo.commit()
    (repo.root / "mode.sh").chmod(0o755)
    for name in ("type", "gone.txt", "zero"):
        (repo.root / name).unlink()
    (repo.root / "type").symlink_to("kept.txt")
    patches = change(repo, {"kept.txt": b"other\n", "empty": b""})
    assert {name: [line.text for line in added_lines(patch)] for name, patch in patches.items()} == {
        "mode.sh": [], "type": [b"kept.txt"], "gone.txt": [], "kept.txt": [b"other"], "empty": [], "zero": [],
    }  # fmt: skip
    assert b"new mode 100755" in patches["mode.sh"]
    assert patches["type"].count(b"diff --git ") == 2
    assert b"-text" in patches["gone.txt"]


@pytest.mark.parametrize(
    "name", ["new\nline.txt", "diff --git a", "a\n+++ b", 'quo"te', "tab\tbed", "caf\udce9", "größe", " lead", "b\\n"]
)
def test_names_cannot_pass_for_lines(repo: Lab, name: str) -> None:
    patches = change(repo, {name: b"mine\n", "zzz.txt": b"last\n"})
    assert [line.text for line in added_lines(patches[name])] == [b"mine"]
    assert [line.text for line in added_lines(patches["zzz.txt"])] == [b"last"]


def test_a_file_that_became_a_folder_is_two_changes(repo: Lab) -> None:
    (repo.root / "note.txt").unlink()
    patches = change(repo, {"note.txt/inner": b"inner\n"})
    assert [line.text for line in added_lines(patches["note.txt/inner"])] == [b"inner"]
    assert b"-first" in patches["note.txt"]


def test_a_submodule_is_a_line_with_its_commit(repo: Lab) -> None:
    commit = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    repo.git("commit", "-q", "-m", "submodule")
    with opened(repo.root) as workspace:
        found = resolve(workspace, base="HEAD~1", head="HEAD")
        patches = patches_of(workspace.git(), found.old, found.tree, found.changes)
    assert [line.text for line in added_lines(patches["sub"])] == [f"Subproject commit {commit}".encode()]
    assert found.changes[0].oids == ()


def test_line_numbers_are_those_of_the_new_file(repo: Lab) -> None:
    repo.write("long.txt", "".join(f"{number}\n" for number in range(100)))
    repo.commit()
    lines = [str(number) for number in range(100)]
    lines[60:60] = ["++ x"]
    lines[10] = "ten"
    patches = change(repo, {"long.txt": ("\n".join(lines) + "\n").encode()})
    assert [(line.line, line.text) for line in added_lines(patches["long.txt"])] == [(11, b"ten"), (61, b"++ x")]


def test_two_trees_hold_what_is_wanted_and_nothing_else(repo: Lab, tmp_path: Path) -> None:
    repo.write("a.txt", "a\n")
    repo.write("b.txt", "b\n")
    repo.write("note.txt", "second\n")
    repo.commit()
    with opened(repo.root) as workspace:
        found = resolve(workspace, base="HEAD~1", head="HEAD")
        git = workspace.git()
        wanted = [change for change in found.changes if change.path != "a.txt"]
        old, new = reduced(git, wanted, str(tmp_path / "index"))
        assert sorted(git.tree(old)) == ["note.txt"]
        assert sorted(git.tree(new)) == ["b.txt", "note.txt"]
        assert sorted(patches_of(git, old, new, wanted)) == ["b.txt", "note.txt"]
        nothing = reduced(git, [], str(tmp_path / "index"))
        assert nothing[0] == nothing[1]


def test_binary_paths_and_sizes(repo: Lab) -> None:
    repo.write("image.png", b"\x89PNG\0" * 10)
    repo.write("text.txt", "text\n")
    repo.commit()
    with opened(repo.root) as workspace:
        found = resolve(workspace, base="HEAD~1", head="HEAD")
        git = workspace.git()
        assert binary_paths(git, found.old, found.tree) == {b"image.png"}
        oids = {change.path: change.new_oid for change in found.changes}
        sizes = sizes_of(git, [*oids.values(), "f" * 40, found.tree])
    assert sizes == {oids["image.png"]: 50, oids["text.txt"]: 5}


LINE = st.sampled_from(
    [b"", b"a", b"+", b"-", b"++ ", b"-- ", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"\\ ", b"\r", b" "]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(old=st.lists(LINE, max_size=12), new=st.lists(LINE, max_size=12), ends=st.booleans())
def test_what_was_added_is_found_in_any_change(
    workspace: Workspace, old: list[bytes], new: list[bytes], ends: bool
) -> None:
    git = workspace.git()
    tail = b"\n" if ends else b""
    sides = [b"\n".join(lines) + tail for lines in (old, new)]
    trees = []
    for data in sides:
        oid = git.text("hash-object", "-w", "--stdin", stdin=data)
        trees.append(git.text("mktree", stdin=f"100644 blob {oid}\tm.txt\n".encode()))
    changes = changes_between(git, *trees)
    patches = patches_of(git, *trees, changes)
    if sides[0] == sides[1]:
        assert changes == []
        return
    lines = sides[1].split(b"\n")
    for added in added_lines(patches["m.txt"]):
        assert lines[added.line - 1] == added.text
