"""Folders of a run have the same names in every record."""

import json
from pathlib import Path

import pytest

from proposer.relay.places import OBJECTS, RUN, Places

HERE = Places({RUN: Path("/home/a/.cache/run-1"), OBJECTS: Path("/home/a/repo/.git/objects")})
THERE = Places({RUN: Path('/srv/b "q"/run-2'), OBJECTS: Path("/srv/b/clone/.git/objects")})


def test_a_folder_gets_its_name_wherever_it_stands() -> None:
    text = "cat /home/a/.cache/run-1/stage/x /home/a/repo/.git/objects/pack"
    assert HERE.hide(text) == f"cat {RUN}/stage/x {OBJECTS}/pack"


def test_the_longer_of_two_nested_folders_is_named_first() -> None:
    nested = Places({"<outer>": Path("/a"), "<inner>": Path("/a/b")})
    assert nested.hide("/a/b/c /a/d") == "<inner>/c <outer>/d"


@pytest.mark.parametrize("depth", [0, 1, 2], ids=["plain", "in-json", "json-in-json"])
def test_a_path_with_quotes_is_found_at_any_depth_of_json(depth: int) -> None:
    text = '/srv/b "q"/run-2/stage'
    for _ in range(depth):
        text = json.dumps(text)
    hidden = THERE.hide(text)
    for _ in range(depth):
        hidden = json.loads(hidden)
    assert hidden == f"{RUN}/stage"


def test_names_become_the_folders_of_another_run() -> None:
    call = {"arguments": json.dumps({"cmd": f"ls {RUN}/stage"}), "input": [f"{RUN}/stage/x", 7, None]}
    shown = THERE.show(call)
    assert json.loads(shown["arguments"]) == {"cmd": 'ls /srv/b "q"/run-2/stage'}
    assert shown["input"] == ['/srv/b "q"/run-2/stage/x', 7, None]


def test_showing_and_hiding_come_back_to_the_same_text() -> None:
    text = f"see {RUN}/stage/a.py and {OBJECTS}/info"
    assert THERE.hide(THERE.show(text)) == text


def test_text_without_places_is_left_alone() -> None:
    assert HERE.hide("/home/a/other <run> /tmp") == "/home/a/other <run> /tmp"
