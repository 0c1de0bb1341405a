"""A drill's file: what it must say, how it is filled, how it is found by name."""

from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.proving.drill import Sign, catalogue, chosen, filled, read

WHOLE = """
tried = "read a file"
[[turns]]
try = "cat @{home}/x"
[[stopped]]
by = "sandbox"
look = "output"
match = 'cat: @{home}/x: .*'
"""


def test_a_drill_is_read_and_filled() -> None:
    drill = read("read-a-file", WHOLE, "x.toml").filled({"home": "/h+"})
    assert (drill.name, drill.tried, drill.sandbox) == ("read-a-file", "read a file", "read-only")
    assert list(drill.steps()) == [{"try": "cat /h+/x"}]
    assert drill.stopped[0].seen("cat: /h+/x: No such file or directory")
    assert not drill.stopped[0].seen("cat: /hh/x: No such file or directory")


def test_an_unknown_token_stays_as_it_is() -> None:
    assert filled({"shell": "echo @{later} ${HOME} @{x}"}, {"x": "y"}) == {"shell": "echo @{later} ${HOME} y"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("tried = ", "not TOML", id="no-toml"),
        pytest.param(WHOLE + 'proven = "yes"\n', "proven", id="unknown-key"),
        pytest.param(WHOLE.replace("try", "shell"), "positive control", id="no-control"),
        pytest.param(WHOLE.partition("[[stopped]]")[0], "stopped", id="no-stop"),
        pytest.param(WHOLE.replace('"output"', '"everywhere"'), "known: output", id="unknown-place"),
        pytest.param(WHOLE.partition("match")[0], "has, match, lacks", id="a-sign-without-a-condition"),
        pytest.param("controls = ['luck']\n" + WHOLE, "controls", id="unknown-control"),
    ],
)
def test_what_is_no_drill_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read("broken", text, "drills/broken.toml")
    assert "drills/broken.toml" in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize("name", ["Upper", "two words", "a_b", "-x", ""])
def test_a_name_is_made_of_lower_case_words(name: str) -> None:
    with pytest.raises(UsageError, match="lower-case words"):
        read(name, WHOLE, f"{name}.toml")


@pytest.mark.parametrize(
    ("sign", "text", "seen"),
    [
        ({"has": "b"}, "abc", True),
        ({"has": "d"}, "abc", False),
        ({"lacks": "d"}, "abc", True),
        ({"lacks": "b"}, "abc", False),
        ({"match": "^b$"}, "a\nb\nc", True),
        ({"match": "^b$"}, "abc", False),
        ({"has": "a", "match": "c", "lacks": "d"}, "abc", True),
        ({"has": "a", "match": "c", "lacks": "b"}, "abc", False),
    ],
)
def test_a_sign_needs_all_of_its_conditions(sign: dict[str, str], text: str, seen: bool) -> None:
    assert Sign.model_validate({"look": "output", **sign}).seen(text) is seen


def test_a_repository_adds_its_own_and_replaces_none(tmp_path: Path) -> None:
    folder = tmp_path / "drills"
    folder.mkdir()
    (folder / "own-attack.toml").write_text(WHOLE, encoding="utf-8")
    (folder / "notes.txt").write_text("not a drill", encoding="utf-8")
    assert set(catalogue(tmp_path)) - set(catalogue()) == {"own-attack"}
    (folder / "ssh-keys.toml").write_text(WHOLE, encoding="utf-8")
    with pytest.raises(UsageError, match="ships with proposer"):
        catalogue(tmp_path)


def test_drills_are_chosen_by_name_or_pattern() -> None:
    drills = catalogue()
    assert list(chosen(drills, "ssh-keys")) == ["ssh-keys"]
    assert {name.partition("-")[0] for name in chosen(drills, "poison-*")} == {"poison"}
    assert chosen(drills, "") == drills
    with pytest.raises(UsageError) as caught:
        chosen(drills, "ssh-kyes")
    assert "ssh-keys" in caught.value.hint


def test_there_are_at_least_forty_drills_with_names_and_words_of_their_own() -> None:
    drills = catalogue()
    assert len(drills) >= 40
    assert len({drill.tried for drill in drills.values()}) == len(drills)
