"""Patterns, names and policies of proposals: what matches what, and what has no meaning."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.config.settings import Proposals, Workflow
from proposer.errors import UsageError
from proposer.outputs.globs import Globs, PatternError
from proposer.outputs.patch import policy_of, raised
from proposer.outputs.paths import LONGEST, PathPolicy, collision_key, name_reasons, rules_of
from proposer.outputs.protected import DEFAULT, MIGRATIONS

PATTERNS = [
    ("src/**", "src/a.py", True),
    ("src/**", "src/a/b.py", True),
    ("src/**", "src", False),
    ("src/**", "lib/src/a.py", False),
    ("src/", "src/a/b.py", True),
    ("/src/", "src/a.py", True),
    ("src/", "lib/src/a.py", True),
    ("/src/", "lib/src/a.py", False),
    ("**", "a/b/c", True),
    ("**/a.py", "a.py", True),
    ("**/a.py", "x/y/a.py", True),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**/b", "a/xb", False),
    ("*.py", "deep/er/a.py", True),
    ("/*.py", "deep/a.py", False),
    ("*", "a", True),
    ("a*b", "axxb", True),
    ("a*b", "ax/xb", False),
    ("a**b", "axxb", True),
    ("a**b", "ax/xb", False),
    ("a?b", "a/b", False),
    ("a?b", "axb", True),
    ("[a-c].py", "b.py", True),
    ("[!a-c].py", "b.py", False),
    ("[^a-c].py", "d.py", True),
    ("a[!x]b", "a/b", False),
    ("a[/]b", "a/b", None),
    ("[]a].py", "].py", True),
    ("[[]a", "[a", True),
    ("a.py", "aXpy", False),
    ("a+(b)|c", "a+(b)|c", True),
    ("a\u00e9b", "a\u00e9b", True),
    ("src/*.py", "src/a\nb.py", True),
]


@pytest.mark.parametrize(("pattern", "path", "wanted"), PATTERNS, ids=[f"{row[0]} on {row[1]!r}" for row in PATTERNS])
def test_a_pattern_matches_as_in_gitignore(pattern: str, path: str, wanted: bool | None) -> None:
    if wanted is None:
        with pytest.raises(PatternError):
            Globs.parse((pattern,), below=False)
    else:
        assert Globs.parse((pattern,), below=False).match(path) is wanted


def test_a_pattern_holds_for_what_is_below_where_that_is_asked_for() -> None:
    for below in (True, False):
        globs = Globs.parse(("build", "/docs/*.md"), below=below)
        assert globs.match("build")
        assert globs.match("x/build/y/z") is below
        assert globs.match("docs/a.md/b") is below
        assert not globs.match("rebuild/x")


def test_the_last_pattern_that_matches_decides() -> None:
    globs = Globs.parse(("src/**", "!src/core/**", "src/core/open.py"), below=False)
    assert [globs.match(path) for path in ("src/a", "src/core/a", "src/core/open.py", "b")] == [
        True,
        False,
        True,
        False,
    ]
    assert not Globs.parse(("!a",), below=False).match("a")
    assert not Globs.parse((), below=False).match("a")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "!",
        "/",
        "//",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "./a",
        "a/.",
        "a\\b",
        "a\nb",
        "[",
        "a[b",
        "[]",
        "[z-a]",
        "\x00",
    ],
)
def test_a_pattern_without_a_meaning_is_an_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        Globs.parse((pattern,), below=True)


@given(st.text(alphabet="ab*?[]!-/.", max_size=8), st.text(alphabet="ab/.", max_size=8))
def test_any_pattern_is_read_or_refused(pattern: str, path: str) -> None:
    try:
        globs = Globs.parse((pattern,), below=True)
    except PatternError:
        return
    assert globs.match(path) in (True, False)


def test_every_default_pattern_can_be_read_and_stands_once() -> None:
    rules_of(PathPolicy())
    assert len(set(DEFAULT)) == len(DEFAULT)
    assert set(MIGRATIONS) <= set(DEFAULT)


@pytest.mark.parametrize("first", [one for one in DEFAULT if one.startswith("!")])
def test_what_is_taken_back_takes_back_nothing_of_another_group(first: str) -> None:
    """A `!` undoes all that stands before it: names that are protected anywhere must stand after it."""
    protected = rules_of(PathPolicy()).protected
    folder = first.removeprefix("!").strip("/").replace("*", "x")
    for name in ("AGENTS.md", ".env", "package.json", "conftest.py"):
        assert protected.match(f"{folder}/{name}".casefold()), (first, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README.md", "readme.MD"),
        ("caf\u00e9", "cafe\u0301"),
        ("stra\u00dfe", "STRASSE"),
        ("a\u200cb", "ab"),
        ("\u212b", "\u00e5"),
        ("\u1e9e", "ss"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)


@given(st.text(max_size=12))
def test_a_key_does_not_depend_on_case_or_composition(text: str) -> None:
    key = collision_key(text)
    assert collision_key(key) == key
    assert collision_key(unicodedata.normalize("NFD", text)) == key
    assert collision_key(unicodedata.normalize("NFC", text)) == key


@given(st.binary(min_size=1, max_size=40))
def test_any_name_is_judged(raw: bytes) -> None:
    for reason in name_reasons(raw):
        assert reason.path.encode()
        assert reason.message


@pytest.mark.parametrize(
    "name", ["a" * LONGEST, "src/con_text.py", "a/b-c/d.e", "x.y.z", "a..b", "~a", "a~", "a~b", "...a", "a (1).md"]
)
def test_a_plain_name_is_no_problem(name: str) -> None:
    assert list(name_reasons(name.encode())) == []


def workflow(**more: object) -> Workflow:
    values = {"summary": "s", "prompt": "p.md", "schema": "s.json", "sandbox": "workspace-write"}
    return Workflow.model_validate(values | more)


def test_the_settings_make_a_policy() -> None:
    policy = policy_of(
        workflow(allowed=["src/**"], protected=["src/billing/"], tests="free"),
        Proposals(files=3, protected=("x/",)),
        {},
    )
    assert policy == PathPolicy(
        allowed=("src/**",), protected=(*DEFAULT, "x/", "src/billing/"), max_files=3, tests="free"
    )
    assert policy_of(workflow(sandbox="read-only"), Proposals(), {}) is None


def test_a_workflow_about_migrations_may_touch_them_and_no_more() -> None:
    policy = policy_of(workflow(migrations=True), Proposals(), {})
    assert policy is not None
    assert set(DEFAULT) - set(policy.protected) == set(MIGRATIONS)


def test_a_workflow_may_change_nothing_unless_it_says_so() -> None:
    policy = policy_of(workflow(), Proposals(), {})
    assert policy is not None
    assert not rules_of(policy).allowed.match("src/a.py")


def test_a_pattern_of_the_settings_that_cannot_be_read_is_an_error_before_the_run() -> None:
    with pytest.raises(UsageError, match="src/"):
        policy_of(workflow(allowed=["src/["]), Proposals(), {})


def test_only_what_is_raised_is_told() -> None:
    assert raised(Proposals(files=10, added_lines=9)) == []
    assert raised(Proposals(files=60)) == ["proposals: files is raised from 50 to 60"]


def test_a_pattern_may_hold_an_argument_that_is_a_plain_word() -> None:
    table = workflow(allowed=["src/{module}/**"], arguments=["module"])
    policy = policy_of(table, Proposals(), {"module": "billing"})
    assert policy is not None
    assert policy.allowed == ("src/billing/**",)
    for bad in ("../x", "*", "a/b", "", "a b"):
        with pytest.raises(UsageError):
            policy_of(table, Proposals(), {"module": bad})
