"""The forms in which logs and protocols carry a value, and the texts that base64 and hexadecimal wrap."""

import binascii
import json
import re
from base64 import b32encode, b64encode
from collections.abc import Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

__all__ = ["base64_cores", "forms", "unwrapped"]

_HEX = re.compile(r"[0-9a-fA-F]+")
_PRINTABLE = bytes({*range(32, 127), 9, 10, 13})
_HIGH = bytes(range(128, 256))
_PROBE = 32


def base64_cores(raw: bytes) -> set[str]:
    """Return what is constant of a value's base64, for each of the three places it can have in a group of three bytes.

    The first characters depend on what stands before the value, the last ones on what follows it.
    """
    cores = set()
    for shift in range(3):
        coded = b64encode(b"\0" * shift + raw)
        size = (8 * (shift + len(raw))) // 6
        core = coded[(0, 2, 3)[shift] : size].decode()
        cores |= {core, core.replace("+", "-").replace("/", "_")}
    return cores


def forms(value: str) -> tuple[set[str], set[str]]:
    r"""Return a value's written forms: (plain and escaped ones, base64 cores).

    Escapes that may be partial (`%73ecret`, `\u0073ecret`) are found in the unescaped shadow of a text instead.
    """
    raw = value.encode("utf-8", "surrogatepass")
    plain = {
        value,
        value[::-1],
        value.replace(" ", "+"),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }
    plain |= {
        quote(raw, safe=""),
        quote(raw),
        quote(raw).replace("%20", "+"),
        escape(value),
        escape(value, {'"': "&quot;", "'": "&#39;"}),
    }
    plain |= {
        value.replace("'", "'\\''"),
        value.replace("'", "''"),
        re.sub(r"([^\w@%+=:,./-])", r"\\\1", value),
        re.sub(r'(["$`\\!])', r"\\\1", value),
        re.sub(r'(["$`])', r"`\1", value),  # PowerShell
        value.replace('"', '""'),  # CSV, PowerShell, cmd
    }
    for separator in ("", ":", " ", "-", "\\x", ", 0x", ",0x"):
        coded = separator.join(f"{byte:02x}" for byte in raw)
        coded = f"0x{coded}" if "x" in separator and separator != "\\x" else coded
        plain |= {coded, coded.upper()}
    plain.add(" ".join(raw[at : at + 2].hex() for at in range(0, len(raw), 2)))
    plain |= {b32encode(raw).decode().rstrip("="), b64encode(raw).decode().rstrip("=")[::-1]}
    return plain, base64_cores(raw) | base64_cores(value[::-1].encode("utf-8", "surrogatepass")) | base64_cores(
        value.encode("utf-16-le", "surrogatepass")
    )


def unwrapped(run: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield the texts that a run of base64 or hexadecimal characters holds.

    Yields:
        text, the place in the run where its code begins, characters of code per group, bytes of text per group.
    """
    if _HEX.fullmatch(run):
        if _is_text(bytes.fromhex(run[: min(len(run) // 2 * 2, _PROBE)])):
            yield bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1"), 0, 2, 1
        return
    standard = run.replace("-", "+").replace("_", "/")
    for offset in range(4 if len(run) > _PROBE else 1):  # a word may stand right before a long one
        code = standard[offset:]
        code = code[: len(code) // 4 * 4 + (len(code) % 4 if len(code) % 4 > 1 else 0)]
        if not _is_text(binascii.a2b_base64(code[: min(len(code) // 4 * 4, _PROBE)])):
            continue
        data = binascii.a2b_base64(code + "=" * (-len(code) % 4))
        yield data.decode("latin-1"), offset, 4, 3
        return


def _is_text(data: bytes) -> bool:
    """Tell whether bytes begin a text, in UTF-8, UTF-16 or, of European languages, Latin-1."""
    strange = data.translate(None, _PRINTABLE)
    if not strange.translate(None, _HIGH):
        # The last character of UTF-8 may be cut.
        return len(strange) * 6 <= len(data) or len(data.decode("utf-8", "ignore").encode()) >= len(data) - 3
    return data.count(0) * 4 > len(data)
