"""What a verifier asks of a record: a TOML file of its own, outside of what it verifies."""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from proposer.errors import UsageError
from proposer.provenance.attestation import Statement

__all__ = ["VerificationPolicy", "load"]

_KINDS = ("workstation", "github-actions", "gitlab-ci", "ci")
_BUILDER = re.compile(r"https://proposer\.invalid/builders/([a-z-]+)/v1")
_AHEAD = timedelta(hours=1)
_LARGEST = 1024 * 1024


def _named(key: object) -> object:
    """Return the short form of a public key that is given as PEM text; anything else as it is."""
    if not isinstance(key, str) or not key.lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        return key
    from proposer.provenance import envelope  # noqa: PLC0415 - cryptography takes its time to load

    return envelope.keyid_of(key)


class Signer(BaseModel):
    """Somebody whose signature counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="Who it is, for messages.")
    key: Annotated[str, BeforeValidator(_named)] = Field(
        pattern=r"^ed25519:[0-9a-f]{64}$", description="Public key, as `--sign` prints it, or its PEM text."
    )
    until: date | None = Field(None, description="Last day of runs that the key may sign; none where it is left out.")


class VerificationPolicy(BaseModel):
    """Every rule is off where its field is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    builders: tuple[Literal["workstation", "github-actions", "gitlab-ci", "ci"], ...] | None = Field(
        None, description="Where runs may have taken place."
    )
    lock: tuple[Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")], ...] | None = Field(
        None, description="SHA-256 of the `codex.lock` files that runs may have been under."
    )
    max_age_days: float | None = Field(None, gt=0, description="Runs that ended longer ago are refused.")
    signature: Literal["optional", "required"] = Field(
        "optional", description="`required`: somebody of `signers` has signed the statement."
    )
    signers: tuple[Signer, ...] = Field(
        (), description="Whose signatures count; others are refused where there are any."
    )

    def faults(self, statement: Statement, keys: Collection[str], now: datetime) -> Iterator[str]:
        """Yield one sentence for each rule that a statement breaks.

        Args:
            statement: of the run.
            keys: that signed it (`ed25519:<hex>`), each checked.
            now: with a time zone.
        """
        yield from self._builder(statement.predicate.run_details.builder.id)
        yield from self._lock(statement)
        told = statement.predicate.run_details.metadata.finished_on
        ended = _time(told)
        if ended is None:
            yield f"the run ended at {told[:100]!r}, which is no time with a zone"
            return
        if ended > now + _AHEAD:
            yield f"the run ended in the future: {ended:%Y-%m-%d %H:%M} UTC"
        if self.max_age_days is not None and now - ended > timedelta(days=self.max_age_days):
            yield f"the run is too old: it ended on {ended:%Y-%m-%d}, the policy allows {self.max_age_days:g} days"
        yield from self._signatures(keys, ended.date())

    def _builder(self, identity: str) -> Iterator[str]:
        match = _BUILDER.fullmatch(identity)
        if self.builders is not None and (match is None or match[1] not in self.builders):
            yield f"the builder {match[1] if match else identity[:200]} is not allowed: {_listed(self.builders)}"

    def _lock(self, statement: Statement) -> Iterator[str]:
        if self.lock is None:
            return
        rows = statement.predicate.build_definition.resolved_dependencies
        found = next((row.digest.get("sha256", "") for row in rows if row.name == "codex.lock"), "")
        if f"sha256:{found}" not in self.lock:
            yield f"the lock sha256:{found} is not allowed" if found else "the run was under no lock"
        if statement.predicate.build_definition.internal_parameters.unlocked:
            yield "the run used files whatever its lock says (--unlocked)"

    def _signatures(self, keys: Collection[str], ended: date) -> Iterator[str]:
        known = {one.key: one for one in self.signers}
        counted = 0
        for key in sorted(keys):
            signer = known.get(key)
            if signer is None:
                if self.signers:
                    yield f"the signer {key} is not allowed"
            elif signer.until is not None and ended > signer.until:
                yield f"the key of {signer.name} was good until {signer.until}, and the run ended on {ended}"
            else:
                counted += 1
        if self.signature == "required" and not counted:
            yield "it is not signed by anybody whom the policy names"


def _time(text: str) -> datetime | None:
    """Return a time of a statement, which may come from anybody, in UTC; None where it is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _listed(names: Collection[str]) -> str:
    return ", ".join(names) or "none is"


def load(path: Path) -> VerificationPolicy:
    """Read a policy.

    Raises:
        UsageError: it cannot be read, has an unknown field, or a value that none may have.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise UsageError(f"{path} is larger than {_LARGEST} bytes", "name a policy file")
        return VerificationPolicy.model_validate(tomllib.loads(text.decode()))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "name a policy file: --policy FILE") from error
    except ValidationError as error:
        rows = (f"{'.'.join(map(str, row['loc']))}: {row['msg'].lower()}" for row in error.errors())
        raise UsageError(
            f"{path}: {'; '.join(rows)}", f"fields: {', '.join(VerificationPolicy.model_fields)}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}", "mend it") from error
