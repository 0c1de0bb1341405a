"""The tables of this module. A table's name starts with the name of its module."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

__all__ = ["AuditRow", "IdempotencyRow"]


class IdempotencyRow(models.Model):
    """A key that was used; that it is used once is a constraint of the database."""

    number = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "core_idempotency_key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="core_idempotency_key_once"),
            models.CheckConstraint(condition=Exact(Length("fingerprint"), 64), name="core_idempotency_key_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"key {self.number}"


class AuditRow(models.Model):
    """Who did what to which thing, by ids alone: no text that a person wrote. Rows are never changed."""

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    principal = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    request_id = models.CharField(max_length=36)

    class Meta:
        """The table."""

        db_table = "core_audit"

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
