"""Telling a seller that its balance is low (`low_balance.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_rebuild")]

    operations = [
        migrations.RunSQL((_HERE / "low_balance.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
