"""Lists where Python code touches commands, queries, secrets and files, by reading it. Standard library only."""
# ruff: noqa: INP001

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

EXACT = {
    "eval": "runs text as code", "exec": "runs text as code", "compile": "makes code from text",
    "os.system": "starts a shell", "os.popen": "starts a shell", "tempfile.mktemp": "a name that others can take first",
    "pickle.load": "runs what it reads", "pickle.loads": "runs what it reads", "marshal.loads": "trusts what it reads",
    "shelve.open": "runs what it reads", "yaml.load": "may run what it reads", "hashlib.md5": "a weak digest",
    "hashlib.sha1": "a weak digest", "urllib.request.urlopen": "reaches out", "socket.socket": "reaches out",
}  # fmt: skip
"""What a call by this whole name does."""
MODULES = {
    "subprocess": "starts a process", "random": "not for secrets", "requests": "reaches out", "httpx": "reaches out",
    "httpx2": "reaches out",
}  # fmt: skip
"""What a call from this module does."""
LAST = {
    "Markup": "text that is no longer escaped", "mark_safe": "text that is no longer escaped",
    "RawSQL": "SQL from text", "exec_driver_sql": "SQL from text", "executescript": "SQL from text",
    "csrf_exempt": "a guard that is switched off",
}  # fmt: skip
"""What a call that ends in this name does."""
SQL_TEXT = frozenset({"text", "sa.text", "sqlalchemy.text"})
MADE_QUERIES = frozenset({"execute", "executemany", "raw", "extra"})
KEYWORDS = {"shell": "starts a shell", "verify": "certificates may go unchecked", "autoescape": "escaping may be off"}
SECRET = re.compile(r"(?i)(?:password|passwd|secret|token|api_?key|private_?key)$")
UNSHOWN = frozenset({"a secret in the source?"})
"""The line of such a place is not repeated."""
OFF = re.compile(r"#\s*(?:noqa|type:\s*ignore|nosec|pragma:\s*no cover)\b.*")


def main(argv: list[str] | None = None) -> int:
    """Print `path:line: what: code`, sorted; the exit code is 0, 2 where a file cannot be read as Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="files or folders")
    parser.add_argument("--checks", action="store_true", help="also list the checks that a comment switches off")
    given = parser.parse_args(argv)
    code = 0
    for top in given.paths:
        for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
            try:
                source = path.read_text(encoding="utf-8")
                rows = sorted(set(look(source, checks=given.checks)))
            except (OSError, ValueError, SyntaxError, RecursionError) as error:
                sys.stderr.write(f"{path}: cannot be read: {type(error).__name__}\n")
                code = 2
                continue
            lines = source.splitlines()
            for line, what in rows:
                shown = "" if what in UNSHOWN else f": {lines[line - 1].strip()[:100]}"
                sys.stdout.write(f"{path}:{line}: {what}{shown}\n")
    return code


def look(source: str, *, checks: bool = False) -> Iterator[tuple[int, str]]:
    """Yield line and meaning of each place in Python source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, what) for what in _call(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from ((node.lineno, "a secret in the source?") for _ in _secrets(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [(_dotted(mark).rpartition(".")[2], mark.lineno) for mark in node.decorator_list]
            yield from ((line, LAST[name]) for name, line in names if name in LAST)
    if checks:
        for number, line in enumerate(source.splitlines(), 1):
            if OFF.search(line):
                yield number, "a check is switched off"


def _call(node: ast.Call) -> Iterator[str]:
    name = _dotted(node.func)
    first, last = name.partition(".")[0], name.rpartition(".")[2]
    made = bool(node.args) and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    meaning = EXACT.get(name) or LAST.get(last) or (MODULES.get(first) if "." in name else None)
    if name in SQL_TEXT and node.args and not isinstance(node.args[0], ast.Constant):
        meaning = "SQL from text"
    if meaning:
        yield meaning
    if last in MADE_QUERIES and made:
        yield "a query that is put together from text"
    for keyword in node.keywords:
        value = keyword.value
        risky = isinstance(value, ast.Constant) and value.value is (keyword.arg == "shell")
        if keyword.arg in KEYWORDS and (risky or not isinstance(value, ast.Constant)):
            yield KEYWORDS[keyword.arg]
    if first in {"log", "logger", "logging", "print"} and any(_names_secret(part) for part in node.args):
        yield "a secret may be logged"


def _secrets(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    value = node.value
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if SECRET.search(_dotted(target)):
                yield _dotted(target)


def _names_secret(node: ast.AST) -> bool:
    return any(SECRET.search(_dotted(part)) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute))


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
