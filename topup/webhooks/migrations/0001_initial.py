"""The webhooks' tables and functions (`schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
