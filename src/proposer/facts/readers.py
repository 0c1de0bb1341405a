"""Reads one piece of evidence: which kind it is, which commit and time it names by itself, and what it says."""

import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

__all__ = ["Reading", "UnreadableError", "read"]


class UnreadableError(ValueError):
    """A file is no evidence of a kind that this library knows, or is damaged."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says.

    Attributes:
        kind: as in `config.settings.Evidence`.
        good: whether it speaks for the deployment; coverage is compared with the threshold elsewhere.
        told: what it says, in a few words.
        commit: the commit that it names by itself; empty: none.
        made_at: its own time, as it stands there; empty: none.
        coverage: per cent of lines, where it is a coverage report.
    """

    kind: str
    good: bool
    told: str
    commit: str = ""
    made_at: str = ""
    coverage: float | None = None


def read(data: bytes) -> Reading:
    """Read a file by what is in it; its name says nothing.

    Raises:
        UnreadableError: it is damaged, or of no known kind.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _xml(data)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("it is neither XML nor JSON") from error
    if isinstance(found, list):
        found = {"dependencies": found}  # pip-audit before 2.0
    if isinstance(found, dict):
        for fits, reader in _JSON:
            if fits(found):
                try:
                    return reader(found)
                except (KeyError, TypeError, AttributeError, ValueError) as error:
                    raise UnreadableError(f"it is damaged: {type(error).__name__}") from error
    raise UnreadableError("it is no report of a known kind")


def _xml(data: bytes) -> Reading:
    root = _root(data)
    if root.tag in ("testsuites", "testsuite"):
        return _junit(root)
    if root.tag == "coverage" and "line-rate" in root.attrib:
        try:
            return _covered(100 * float(root.attrib["line-rate"]))
        except ValueError as error:
            raise UnreadableError("line-rate is no number") from error
    raise UnreadableError(f"the XML element {root.tag[:40]!r} is no report of a known kind")


def _root(data: bytes) -> ET.Element:
    """Parse XML that defines nothing: without a document type there are no entities to expand or to fetch."""
    first = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise UnreadableError("it has a document type, which no report needs")

    first.StartDoctypeDeclHandler = refuse
    try:
        first.Parse(data, True)
        return ET.fromstring(data)  # noqa: S314 - see above
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"it is not XML: {str(error)[:80]}") from error


def _junit(root: ET.Element) -> Reading:
    """Count test cases by what is in them, and believe the sums of the suites only where they are worse."""
    cases = list(root.iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    suites = [root, *root.iter("testsuite")]
    counts = [suite.get(key, "0") for suite in suites for key in ("failures", "errors")]
    summed = sum(int(count) for count in counts if count.isdigit())
    ran = len(cases) - skipped
    named = {prop.get("name", ""): prop.get("value", "") for prop in root.iter("property")}
    stamp = named.get("made_at") or next((suite.get("timestamp", "") for suite in suites if suite.get("timestamp")), "")
    told = f"{ran} test(s) ran, {failed} failed, {skipped} skipped"
    if summed and not failed:
        told += f"; its suites count {summed} failure(s)"
    return Reading(kind="junit", good=ran > 0 and not failed and not summed, told=told, commit=named.get("commit", ""),
                   made_at=stamp)  # fmt: skip


def _covered(percent: float, made_at: str = "") -> Reading:
    if not math.isfinite(percent) or not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        raise UnreadableError("its coverage is no number from 0 to 100")
    return Reading(
        kind="coverage", good=True, told=f"{percent:.1f} % of lines covered", coverage=percent, made_at=made_at
    )


def _audit(found: dict[str, Any]) -> Reading:
    rows = found["dependencies"]
    bad = [f"{row['name']} {row.get('version', '')}: {vuln['id']}" for row in rows for vuln in row.get("vulns", [])]
    audited = sum(1 for row in rows if "skip_reason" not in row)
    told = f"{audited} package(s) audited, {len(bad)} known vulnerabilities"
    told += f" ({', '.join(bad[:3])})" if bad else ""
    return Reading(kind="pip-audit", good=audited > 0 and not bad, told=told)


def _sarif(found: dict[str, Any]) -> Reading:
    runs = found["runs"]
    errors = other = 0
    broken = any(not call.get("executionSuccessful", True) for run in runs for call in run.get("invocations", []))
    for run in runs:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", [])}
        for result in run.get("results", []):
            default = rules.get(result.get("ruleId"), {}).get("defaultConfiguration", {}).get("level", "warning")
            if not result.get("suppressions"):
                serious = result.get("level", default) == "error"
                errors, other = errors + serious, other + (not serious)
    sources = [source.get("revisionId", "") for run in runs for source in run.get("versionControlProvenance", [])]
    stamps = [call.get("endTimeUtc", "") for run in runs for call in run.get("invocations", [])]
    names = ", ".join(sorted({str(run["tool"]["driver"]["name"]) for run in runs}))
    told = f"{names}: {errors} error(s), {other} other result(s)" + ("; a scanner failed" if broken else "")
    return Reading(kind="sarif", good=bool(runs) and not errors and not broken, told=told,
                   commit=sources[0] if len(set(sources)) == 1 else "", made_at=max(stamps, default=""))  # fmt: skip


def _drills(found: dict[str, Any]) -> Reading:
    rows = found["drills"]
    outside = [str(row["name"]) for row in rows if row["outcome"] != "contained"]
    told = f"{len(rows)} drill(s), {len(outside)} not contained" + (f" ({', '.join(outside[:3])})" if outside else "")
    return Reading(kind="drills", good=bool(rows) and not outside, told=told)


def _lock(found: dict[str, Any]) -> Reading:
    rows = found["differences"]
    good = found["action"] == "check" and found["exit"] == 0 and not rows
    told = f"{len(rows)} difference(s) from codex.lock" if found["action"] == "check" else "it is no check"
    return Reading(kind="lock", good=good, told=told)


_JSON: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], Reading]], ...] = (
    (lambda found: found.get("schema") == "proposer/drills/v1", _drills),
    (lambda found: found.get("schema") == "proposer/lock/v1", _lock),
    (lambda found: "runs" in found and "version" in found, _sarif),
    (
        lambda found: isinstance(found.get("totals"), dict),
        lambda found: _covered(
            float(found["totals"]["percent_covered"]), str(found.get("meta", {}).get("timestamp", ""))
        ),
    ),
    (lambda found: "dependencies" in found, _audit),
)
