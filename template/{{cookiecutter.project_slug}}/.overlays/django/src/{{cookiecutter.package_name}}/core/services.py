"""Writes the tables of this module on behalf of the others, inside their transaction."""

import datetime as dt

from django.db import IntegrityError, transaction

from {{ cookiecutter.package_name }}.core.domain import ConflictError
from {{ cookiecutter.package_name }}.core.models import AuditRow, IdempotencyRow

__all__ = ["claim", "record"]


def claim(*, scope: str, key: str, fingerprint: str, subject: str, now: dt.datetime) -> str | None:
    """Claim an idempotency key for a new thing; call it inside the transaction that makes the thing.

    The claim is part of the caller's transaction: it lasts if and only if the thing itself does. Of two requests at
    once the database lets one insert the key; the other waits, then finds it.

    Args:
        scope: whose keys these are.
        key: what the client sent.
        fingerprint: SHA-256 of the request's meaning.
        subject: id of the thing that is about to be made.
        now: the time, aware.

    Returns:
        None where the key is new, else the id of the thing that the first request made.

    Raises:
        ConflictError: the key was used for another request.
        RuntimeError: there is no transaction around the call.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a key is claimed inside the transaction of the thing that it protects")
    try:
        with transaction.atomic():
            IdempotencyRow.objects.create(scope=scope, key=key, fingerprint=fingerprint, subject=subject, used_at=now)
    except IntegrityError:
        first = IdempotencyRow.objects.get(scope=scope, key=key)
        if first.fingerprint != fingerprint:
            raise ConflictError(
                "idempotency_key_reused", "this Idempotency-Key was used for another request; send a new key"
            ) from None
        return first.subject
    return None


def record(*, principal: str, action: str, subject: str, request_id: str, now: dt.datetime) -> None:
    """Write one audit row. Give ids and fixed words only: never a text that a person wrote."""
    AuditRow.objects.create(at=now, principal=principal, action=action, subject=subject, request_id=request_id)
