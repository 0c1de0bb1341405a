"""What a value looks like: drawn at random, a placeholder, a piece of code, or words. Pure judgement, no searching."""

import re
from functools import lru_cache
from itertools import pairwise

from proposer.outputs.masking.vocabulary import COMMON, VAGUE

__all__ = ["is_drawn", "is_placeholder", "is_reference", "is_scrambled", "is_vague", "is_word"]

_SHORT, _SCRAMBLED, _LONG, _ENOUGH = 8, 10, 16, 128
_ROWS = (
    "abcdilmnprstuy baeiloru cacehiklortu dadeiosu eacdefglmnpqrstvwxy faeiloru geihnrsu haeiot iabcdefglmnoprstvz "
    "kei ladeilostuy mabeimopsu nacdefgiklnostuv obcdfgklmnoprstuvw paehiloprstu qu racdegiklmnorstuy sacehiklopstuy "
    "taceghioprstuy uabceilmnprst vaeio waehior xpti ynps jaeos ze"
)
_COMMON = frozenset(row[0] + second for row in _ROWS.split() for second in row[1:])
"""Pairs of letters that make up nine tenths of the words of English and of code."""

_SPLIT = re.compile(r"[^A-Za-z0-9]+")
_CHUNK = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLACEHOLDER = re.compile(
    r"(?i)^(?:[x*.•_#?~-]+|<.*>|\[.*\]|\{.*\}|\(.*\)|\$.*|%[a-z_][a-z0-9_]*%?|%[(a-z].*|@.*@|__.*__|\.\.\..*|.*\.{3}|.*…"
    r"|(?:sha(?:1|256|384|512)|md5)[-:].*|.*\bredacted\b.*|.*x{6,}.*|.*\*{3,}.*|(.)\1*|(?:0x)?0+|data:.*)$",
    re.DOTALL,
)
_REFERENCE = re.compile(
    r"\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|%\([a-z]|`|\{[A-Za-z_][\w.]*\}"
    r"|=>|::|->|\(\)|\w\(|\w\[|^[=!<>&|+]|^%[sdrv]$|^\\+[a-z]*$"
)
_VARIABLE = re.compile(r"^\$|\$[A-Z_]{2,}")
_ONLY_VARIABLE = re.compile(r"\$(?:[A-Z0-9_]+|[a-z0-9_.]+|[A-Za-z_]+)$")
_PATH = re.compile(
    r"^(?:\.{0,2}/|~/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:/|arn:[a-z-]+:|\.{1,2}\\|(?:\w+/)+\w+\.[a-z]{1,5}$)"
    r"|^[\w.-]+\.(?:json|ya?ml|pem|key|crt|txt|py|js|ts|env|toml|ini|cfg|md|sh|xml|html?|properties|jks|p12)$"
)
_BASE64 = re.compile(r"^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/]{40,}={0,2}$")
_UUID = re.compile(r"(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")


@lru_cache(maxsize=8192)
def is_drawn(value: str) -> bool:
    """Tell whether a value looks drawn at random.

    Pairs of letters that English and code are made of speak against it, other pairs and changes between letters and
    digits for it. Of drawn values 98 in 100 are seen as such from 16 characters on (94 from 12), of 45,000 identifiers
    of real code fewer than one in 100 are.
    """
    if len(value) < _SHORT or value.isdigit() or (len(value) < _LONG and value.isalpha()):
        return False
    return bool(_UUID.match(value)) or _is_unlike_words(value)


@lru_cache(maxsize=2048)
def is_scrambled(value: str) -> bool:
    """Tell whether ten or more letters look drawn; short ones may be a camelCase name, so their place must say more."""
    changes = sum(first.isupper() != second.isupper() for first, second in pairwise(value))
    return len(value) >= _SCRAMBLED and value.isalpha() and changes >= 3 and _is_unlike_words(value)  # noqa: PLR2004


def _is_unlike_words(value: str) -> bool:
    good = bad = 0.0
    for first, second in pairwise(value[:_ENOUGH]):
        if first.isalpha() and second.isalpha():
            if first.islower() and second.isupper():
                bad += 0.5  # the hump of a camelCase name counts half
            elif (first + second).lower() in _COMMON:
                good += 1
            else:
                bad += 1
        elif first.isalnum() and second.isalnum() and not (first.isdigit() and second.isdigit()):
            bad += 1
    return bad >= 3 and bad > 0.42 * (good + bad)  # noqa: PLR2004 - measured, see above


@lru_cache(maxsize=4096)
def is_placeholder(value: str) -> bool:
    """Tell whether a value stands where a secret would: `<your key>`, `***`, `changeme`, `xxxxxxxx`, `my-token`."""
    return bool(_PLACEHOLDER.match(value)) or is_vague(value)


@lru_cache(maxsize=8192)
def is_vague(value: str) -> bool:
    """Tell whether a value consists of words that stand for a secret: `your-api-key-here`."""
    words = [chunk.lower() for part in _SPLIT.split(value) for chunk in _CHUNK.findall(part)]
    words = [word for word in words if not word.isdigit() or len(word) > 1]
    return bool(words) and all(word in VAGUE for word in words)


def is_reference(value: str) -> bool:
    """Tell whether a value is code or a template that names the secret: `${X}`, `env("X")`, `{{ x }}`; or a path."""
    if _REFERENCE.search(value) or (_VARIABLE.search(value) and (_ONLY_VARIABLE.match(value) or not is_drawn(value))):
        return True
    return bool(_PATH.match(value)) and not (_BASE64.match(value) and is_drawn(value))


def is_word(value: str) -> bool:
    """Tell whether a value is a plain word that reports are full of: `production`, `root`, `Disabled`."""
    return value.isalpha() and (len(value) < _SHORT or value.lower() in COMMON or value.lower() in VAGUE)
