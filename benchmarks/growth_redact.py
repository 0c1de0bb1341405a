"""Processor seconds for 1/4, 1/2, 1 and 2 MB of text that a careless search is slow on: at most twice the one before.

Run `python benchmarks/growth_redact.py [WORD]...`; with words, only rows whose name has one of them.
"""

import json
import random
import sys
import time
from collections.abc import Callable

from proposer.outputs.redact import Redactor

__all__ = ["ROWS", "SIZES"]

SIZES = (250_000, 500_000, 1_000_000, 2_000_000)
"""Characters."""

_VALUES = ("canary/Value+with-'marks'&more", "aab" * 9, "hunter2-hunter2")
_WHOLE = Redactor(_VALUES, personal=True)


def _repeat(text: str) -> Callable[[int], str]:
    return lambda size: (text * (size // len(text) + 1))[:size]


def _drawn(alphabet: str) -> Callable[[int], str]:
    return lambda size: "".join(random.Random(7).choices(alphabet, k=size))  # noqa: S311 - the same text every time


def _nested(size: int) -> str:
    return "[" * (size // 2) + "]" * (size // 2)


def _member(size: int) -> str:
    return json.dumps({"type": "item", "text": "x = 1\n" * (size // 8)})


_PIECES = {
    "letters": "a", "capitals": "A", "digits": "1", "blanks": " ", "tabs": "\t", "line breaks": "\n", "returns": "\r",
    "backslashes": "\\", "quotes": '"', "apostrophes": "'", "colons": ":", "equals": "=", "dashes": "-", "dots": "a.",
    "slashes": "/", "at signs": "@", "ats": "a@", "mails": "a@b.", "percents": "%", "percent codes": "%41",
    "deep percents": "%25", "unicode escapes": "\\u0041", "escaped escapes": "\\\\u0041", "entities": "&#65;",
    "zero widths": "\u200b", "nuls": "\0", "escape characters": "\x1b[", "unclosed sequences": "\x1b]x",
    "begins": "-----BEGIN", "headers": "-----BEGIN PRIVATE KEY-----\n",
    "header and line": "-----BEGIN PRIVATE KEY-----\nab1 ", "urls": "://", "userinfo": "://a:",
    "passwords": "password=", "password quotes": 'password="', "tokens": "token: ", "commas": "password,",
    "flags": "--password ", "pairs": "name: password value: ", "cookies": "cookie: a=", "crumbs": "Set-Cookie: a=b; ",
    "bearers": "Bearer ", "authorizations": "authorization: ", "basics": "basic ", "machines": "machine a login b ",
    "dollars": "$1$", "hashes": "$2b$12$", "sk": "sk-", "ghp": "ghp_", "jwt": "eyJ", "jwts": "eyJhbGciOiJIUzI1NiJ9.",
    "key bodies": "MIIEpAIBAAKC", "keys": "MIIEpAIBAAKCAQEA" + "a" * 64 + "\n", "hexes": "0123456789abcdef",
    "ibans": "DE89", "cards": "4111 ", "numbers": "4111111111111111 ", "birth dates": "811228-",
    "overlapping value": "aab", "value starts": "canary/Valu", "curl": "curl -u a", "joins": "ab1\n",
    "wide joins": "a1.\n", "markers": "[REDACTED:github]", "Turkish": "\u0130", "surrogates": "\ud800",
    "base64 lines": "QUJDREVGR0hJSktMTU5P\n", "wrapped text": "cGFzc3dvcmQ9",
    "secrets": "ghp_" + "a1B2c3D4e5F6" * 3 + " ", "assignments": 'password = "Tr0ub4dor&3"\n',
    "code": "    for name, value in sorted(table.items()):  # see the docs\n        print(f'{name}: {value}')\n",
}  # fmt: skip
ROWS: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    **{name: (_WHOLE.text, _repeat(piece)) for name, piece in _PIECES.items()},
    "random letters": (_WHOLE.text, _drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")),
    "random base64": (_WHOLE.text, _drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")),
    "random digits": (_WHOLE.text, _drawn("0123456789")),
    "random marks": (_WHOLE.text, _drawn("abAB01 \n\t\"'\\/:=@%&;,.-_+()[]{}<>$#")),
    "nested lists": (_WHOLE.jsonl, _nested),
    "one string": (_WHOLE.jsonl, _member),
    "many strings": (_WHOLE.jsonl, lambda size: json.dumps(["item.completed"] * (size // 18))),
    "many keys": (_WHOLE.jsonl, lambda size: json.dumps({f"key{n}": n for n in range(size // 16)})),
    "many hit keys": (_WHOLE.jsonl, lambda size: json.dumps({f"ghp_{n:036d}a1": n for n in range(size // 52)})),
    "many numbers": (_WHOLE.jsonl, lambda size: json.dumps(list(range(10**9, 10**9 + size // 12)))),
    "broken JSON": (_WHOLE.jsonl, lambda size: '{"a": "' + '\\"' * (size // 2)),
    "open objects": (_WHOLE.jsonl, lambda size: '{"password":' * (size // 12)),
}


def main(words: list[str]) -> None:
    """Print the table."""
    print(f"{'':22}" + "".join(f"{size / 1e6:>7} MB" for size in SIZES))
    for name, (function, make) in ROWS.items():
        if words and not any(word in name for word in words):
            continue
        print(f"{name:22}", end="", flush=True)
        for size in SIZES:
            text = make(size)
            start = time.process_time()
            function(text)
            print(f"{time.process_time() - start:10.3f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
