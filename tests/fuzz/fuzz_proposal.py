"""Looks for a hostile patch that the gate allows, an honest one that it refuses, and for a crash of either check.

Run `python tests/fuzz/fuzz_proposal.py [EXAMPLES [SEED]]`; the seed is printed, so that a failure can be repeated.
"""

import ast
import random
import sys
import tempfile
from collections.abc import Callable  # noqa: TC003 - as in the modules that are checked
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from plumbing import Content, Plumbing, repository
from proposer.outputs.proposal import CODES, check
from proposer.outputs.weakening import weakenings

GUARDED = (
    ".github/workflows/ci.yml",
    "AGENTS.md",
    "src/AGENTS.md",
    ".codex/config.toml",
    "a/.agents/x.md",
    "CODEOWNERS",
    "pyproject.toml",
    "web/package.json",
    "uv.lock",
    "conftest.py",
    "tests/conftest.py",
    "sitecustomize.py",
    "x.pth",
    "Makefile",
    "Dockerfile",
    ".gitmodules",
    "a/.gitattributes",
    ".env",
    "a/.env.local",
    ".npmrc",
    ".pre-commit-config.yaml",
    "codex.lock",
    "proposer.toml",
    "tasks.py",
    "noxfile.py",
    "prompts/x.md",
    "schemas/x.json",
    "rules/x.rules",
    "provenance/x.json",
    "src/migrations/1.py",
    ".git/config",
    "a/.git/hooks/x",
)
IGNORABLE = "\u200b\u200c\u200d\u2060\ufeff\u202e\u00ad\ufe0f"
WORDS = (
    "ledger",
    "total",
    "entry",
    "con_text",
    "github",
    "agents",
    "prompt",
    "caf\u00e9",
    "\u5e33\u7c3f",
    "makefile",
    "e2e",
    "git",
    "lockfile",
)
SUFFIXES = (".py", ".md", ".tsx", ".css", ".txt", ".sql")


def disguised(draw: random.Random, path: str) -> str:
    """Return a path that some file system, or a reader, takes for another one."""
    for _ in range(draw.randint(0, 3)):
        at = draw.randrange(len(path))
        match draw.randint(0, 5):
            case 0:
                path = "".join(draw.choice((char.upper(), char.lower())) for char in path)
            case 1:
                path = path[:at] + draw.choice(IGNORABLE) + path[at:]
            case 2:
                path = "/".join(part + draw.choice(("", ".", " ", ". ")) for part in path.split("/"))
            case 3:
                path = path.replace("/", draw.choice(("/", "\\")))
            case 4 if path[at].isascii() and path[at].isalnum():
                path = path[:at] + chr(ord(path[at]) + 0xFEE0) + path[at + 1 :]
            case 5:
                path += draw.choice(("", "::$DATA", ":x"))
            case _:
                pass
    return path


def honest(draw: random.Random) -> dict[bytes | str, Content]:
    """Return edits that nobody has a reason to refuse."""
    found: dict[bytes | str, Content] = {}
    for number in range(draw.randint(1, 5)):
        folder = draw.choice(("src/shop", "docs", "tests/data", "web/app"))
        name = f"{folder}/{draw.choice(WORDS)}_{number}{draw.choice(SUFFIXES)}"
        end = draw.choice(("\n", "\r\n"))
        found[name] = "".join(f"value_{n} = {draw.choice(WORDS)!r}{end}" for n in range(draw.randint(0, 30)))
    return found


def gate(draw: random.Random, shop: Plumbing, base: dict[bytes | str, Content]) -> None:
    """Check one honest and one hostile patch."""
    good, old = honest(draw), shop.tree(base)
    report = check(shop.root, old, shop.tree({**base, **good}))
    assert report.reasons == [], (good, report.reasons)
    path = disguised(draw, draw.choice(GUARDED))
    report = check(shop.root, old, shop.tree({**base, **good, path: "x = 2\n"}))
    assert not report.allowed, path
    assert {reason.code for reason in report.reasons} <= CODES.keys()
    noise = (
        bytes(draw.choice(b"abg.it~1/\\ :\xc3\xa9\xff\x00\n") for _ in range(draw.randint(1, 12)))
        .replace(b"\0", b"")
        .strip(b"/")
        or b"x"
    )
    report = check(shop.root, old, shop.tree({**base, noise: draw.randbytes(draw.randint(0, 60))}))
    "".join(map(str, report.reasons)).encode()


def function(draw: random.Random, number: int) -> list[str]:
    """Return the lines of one test."""
    lines = [f"def test_{draw.choice('abcdef')}{number}():"]
    for at in range(draw.randint(1, 4)):
        call = f"{draw.choice(('total', 'post'))}({draw.randint(1, 99)}, {draw.randint(1, 99)})"
        kind = draw.randint(0, 3)
        if kind == 0:
            lines += [f"    row_{at} = {call}", f"    assert row_{at} == {draw.randint(1, 99)}"]
        elif kind == 1:
            lines.append(f"    assert {call} == {draw.randint(1, 99)}")
        elif kind == 2:
            lines += ["    with pytest.raises(ValueError, match='no'):", f"        {call}"]
        else:
            lines.append(f"    assert {draw.randint(1, 99)} in {call}")
    return lines


HEAD = ["import pytest", "from shop.ledger import post, total", ""]


def joined(tests: list[list[str]]) -> str:
    return "\n".join([*HEAD, *(line for test in tests for line in ["", *test])]) + "\n"


def loosen(draw: random.Random, test: list[str]) -> list[str]:
    """Return a test that says less."""
    places = [at for at, line in enumerate(test) if line.strip().startswith(("assert", "with"))]
    at = draw.choice(places)
    ways: list[Callable[[], list[str]]] = [
        lambda: ["@pytest.mark.skip", *test],
        lambda: ["@pytest.mark.xfail(strict=False)", *test],
        lambda: [test[0].replace("def test", "def _test"), *test[1:]],
        lambda: [test[0], "    return", *test[1:]],
        lambda: [test[0], "    pytest.skip('later')", *test[1:]],
        lambda: [test[0], "    if False:", *("    " + line for line in test[1:])],
        lambda: [
            test[0],
            "    try:",
            *("    " + line for line in test[1:]),
            "    except BaseException:",
            "        pass",
        ],
        lambda: [
            *test[:at],
            test[at].partition("assert")[0] + "assert True" if "assert" in test[at] else "    if True:",
            *test[at + 1 :],
        ],
        lambda: [*test[:at], *([] if "assert" in test[at] else ["    if True:"]), *test[at + 1 :], "    pass"],
    ]
    return draw.choice(ways)()


def tests(draw: random.Random) -> None:
    """Check honest and hostile changes of a file of tests."""
    old = [function(draw, number) for number in range(draw.randint(1, 6))]
    path, text = "tests/test_shop.py", joined(old)
    shuffled = [[line.replace("row_", "value_") for line in test] for test in draw.sample(old, len(old))]
    more = [*shuffled, function(draw, 99)]
    renamed = [[test[0].replace("def test_", "def test_new_"), *test[1:]] for test in old]
    formatted = ast.unparse(ast.parse(text))
    for name, new in (
        (path, joined(more)),
        ("tests/unit/test_shop.py", text),
        (path, joined(renamed)),
        (path, formatted),
    ):
        assert weakenings({path: text}, {name: new}) == [], (text, new)
    at = draw.randrange(len(old))
    worse = joined([*old[:at], loosen(draw, old[at]), *old[at + 1 :]])
    assert weakenings({path: text}, {path: worse}) != [], (text, worse)
    if len(old) > 1 and old[at][1:] not in [test[1:] for test in old[:at] + old[at + 1 :]]:
        assert weakenings({path: text}, {path: joined(old[:at] + old[at + 1 :])}) != [], text
    junk = "".join(draw.choice("def test():\n \t[]{}()#'\"\\assert x=1,\u00e9\x0c") for _ in range(draw.randint(0, 80)))
    weakenings({path: text}, {path: text + junk})
    weakenings({path: junk}, {path: text, "pyproject.toml": junk, "setup.cfg": junk, "noxfile.py": junk})


def main(examples: int, start: int) -> None:
    """Check that many patches."""
    print(f"{examples} examples, seed {start}")
    draw = random.Random(start)  # noqa: S311 - examples, not secrets
    with tempfile.TemporaryDirectory() as folder:
        shop = repository(Path(folder) / "repo")
        base: dict[bytes | str, Content] = {"src/shop/ledger.py": "x = 1\n", "README.md": "# Shop\n"}
        for _ in range(examples):
            gate(draw, shop, base)
            for _ in range(5):
                tests(draw)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else 300, arguments[1] if len(arguments) > 1 else random.randrange(2**32))  # noqa: S311
