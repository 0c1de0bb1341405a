"""Finance: the first accounts.

How it is undone: an account that has no entries is deleted; one that has is kept by the database.
"""

from typing import Any

from django.db import migrations

_CHART = (
    ("cash", "Cash and bank", "asset"),
    ("receivables", "Receivables", "asset"),
    ("payables", "Payables", "liability"),
    ("equity", "Equity", "equity"),
    ("sales", "Sales", "income"),
    ("costs", "Costs", "expense"),
)


def _fill(apps: Any, _editor: Any) -> None:
    account = apps.get_model("finance", "AccountRow")
    account.objects.bulk_create(account(id=identity, name=name, kind=kind) for identity, name, kind in _CHART)


def _empty(apps: Any, _editor: Any) -> None:
    apps.get_model("finance", "AccountRow").objects.filter(id__in=[identity for identity, _, _ in _CHART]).delete()


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_guards")]
    operations = [migrations.RunPython(_fill, _empty)]
