"""Rebuilding a book from its journal, with a record of it (`rebuild.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "rebuild.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
