"""The table of this module."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from {{ cookiecutter.package_name }}.example.domain import LONGEST_NAME, LONGEST_NOTE

__all__ = ["ItemRow"]


class ItemRow(models.Model):
    """An item."""

    number = models.BigAutoField(primary_key=True)
    identity = models.CharField(max_length=36, unique=True, db_column="id")
    name = models.CharField(max_length=LONGEST_NAME)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "example_item"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name=""), name="example_item_name"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("name"), LONGEST_NAME), name="example_item_name_length"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("note"), LONGEST_NOTE), name="example_item_note_length"
            ),
        ]

    def __str__(self) -> str:
        return self.identity
