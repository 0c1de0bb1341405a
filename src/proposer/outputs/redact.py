"""Masks secrets and, on request, personal data, in everything that is stored, shown or sent."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

__all__ = ["Redactor", "secret_values"]

_SECRET_NAME = re.compile(
    r"(?i)(key|secret|token|passw|passphrase|credential|auth|private|cookie|session|dsn|database_url|conn(ection)?_?str)"
)
_SHORTEST = 8
_RULES: tuple[tuple[str, str], ...] = (
    ("private-key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"),
    ("openai", r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{16,}"),
    ("anthropic", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    ("github", r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("gitlab", r"gl(?:pat|ptt|rt|cbt|dt|ft|soat|agent|imt)-[A-Za-z0-9_-]{20,}"),
    ("aws", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("google", r"AIza[A-Za-z0-9_-]{35}"),
    ("google-oauth", r"ya29\.[A-Za-z0-9_-]{20,}"),
    ("slack", r"xox[abposre]-[A-Za-z0-9-]{10,}"),
    ("slack-hook", r"hooks\.slack\.com/services/[A-Za-z0-9/]{20,}"),
    ("stripe", r"(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}"),
    ("npm", r"npm_[A-Za-z0-9]{36}"),
    ("pypi", r"pypi-[A-Za-z0-9_-]{32,}"),
    ("sendgrid", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("twilio", r"SK[0-9a-f]{32}"),
    ("telegram", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}"),
    ("digitalocean", r"do[por]_v1_[a-f0-9]{64}"),
    ("huggingface", r"hf_[A-Za-z0-9]{30,}"),
    ("vault", r"hv[sb]\.[A-Za-z0-9_-]{24,}"),
    ("age", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("jwt", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("authorization", r"(?i:(?:authorization\s*[:=]\s*(?:basic|bearer|token)?|bearer)\s+)[A-Za-z0-9._~+/=-]{16,}"),
    ("url-password", r"(?<=://)[^\s/:@\"'<>]{1,64}:[^\s/@\"'<>]{3,256}(?=@)"),
    ("assignment",
     r"(?i:\b[\w-]*(?:passw(?:or)?d|secret|token|api_?key|access_?key)[\w-]*)\s*(?:=|:|=>)\s*[\"'][^\s\"'{}$<>]{8,}[\"']"),
)  # fmt: skip
_PERSONAL: tuple[tuple[str, str], ...] = (
    ("email", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}"),
    ("iban", r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("card", r"(?<![0-9A-Za-z])(?:[0-9][ -]?){12,18}[0-9](?![0-9A-Za-z])"),
)


def secret_values(environment: Mapping[str, str]) -> list[str]:
    """Return the values of variables whose name suggests a secret."""
    return [value for name, value in environment.items() if _SECRET_NAME.search(name) and len(value) >= _SHORTEST]


def _encodings(value: str) -> set[str]:
    """Return a value and the forms in which logs carry it, as GitHub's runner masks them, and some more."""
    raw = value.encode()
    forms = {value, json.dumps(value)[1:-1], quote(value, safe=""), escape(value), raw.hex(), value[::-1]}
    forms.add(value.replace("'", "'\\''"))
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw).decode()
        # The first characters depend on what stands before the secret, the last ones on what follows it.
        core = coded[(0, 2, 3)[shift] : len(coded) - (4 if len(raw) + shift > 3 else 0)]  # noqa: PLR2004
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    forms.update(line for line in value.splitlines() if len(line) >= _SHORTEST)
    return {form for form in forms if len(form) >= _SHORTEST}


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    odd = digits[-1::-2]
    even = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(odd) + sum(even)) % 10 == 0 and len(set(digits)) > 1


def _mod97(text: str) -> bool:
    compact = text.replace(" ", "")
    number = "".join(str(int(c, 36)) for c in compact[4:] + compact[:4])
    return int(number) % 97 == 1


_CHECKS: dict[str, Callable[[str], bool]] = {"card": _luhn, "iban": _mod97}


class Redactor:
    """Replaces secrets by `[REDACTED:<rule>]`; nothing of the value is kept.

    Args:
        values: exact secrets of this process; also found in base64, hex, URL, JSON and XML form, and reversed.
        personal: also mask card numbers (Luhn), IBANs (mod 97) and e-mail addresses.
    """

    def __init__(self, values: Iterable[str] = (), personal: bool = False) -> None:
        values = tuple(values)
        self._exact = values
        forms = sorted({form for value in values if value for form in _encodings(value)}, key=len, reverse=True)
        self._values = re.compile("|".join(re.escape(form) for form in forms)) if forms else None
        rules = (*_RULES, *_PERSONAL) if personal else _RULES
        self._patterns = [(name, re.compile(pattern)) for name, pattern in rules]
        self.count = 0

    def with_personal(self) -> "Redactor":
        """Return a redactor for the same secrets that masks personal data too."""
        return Redactor(self._exact, personal=True)

    def text(self, text: str) -> str:
        """Return text without secrets."""
        if self._values is not None:
            text = self._values.sub(self._known, text)
        for name, pattern in self._patterns:
            text = pattern.sub(lambda match, name=name: self._found(match, name), text)  # type: ignore[misc]
        return text

    def jsonl(self, line: str) -> str:
        """Return a JSON line with every string in it redacted, keys too; a line that is not JSON is treated as text."""
        try:
            value = json.loads(line)
        except ValueError:
            return self.text(line)
        return json.dumps(self.value(value), ensure_ascii=False, sort_keys=True)

    def value(self, value: Any) -> Any:
        """Return a JSON value with every string in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        return value

    def _known(self, match: re.Match[str]) -> str:  # noqa: ARG002 - the signature of a replacement
        self.count += 1
        return "[REDACTED:value]"

    def _found(self, match: re.Match[str], name: str) -> str:
        with_check = _CHECKS.get(name)
        if with_check is not None and not with_check(match[0]):
            return match[0]
        self.count += 1
        return f"[REDACTED:{name}]"


def leaves(document: str) -> list[str]:
    """Return the long strings of a JSON document, such as the tokens of an auth.json."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str) and len(value) >= 16:  # noqa: PLR2004 - shorter ones are names and modes
            found.append(value)
        elif isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    try:
        walk(json.loads(document))
    except (ValueError, binascii.Error, RecursionError):
        return []
    return found
