"""The bank's number of a transfer, its receipt, and when staff looked (`receipt_schema.sql`)."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("credit", "0002_proposals")]

    operations = [
        migrations.RunSQL((_HERE / "receipt_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.AddField("creditrequest", "bank_reference", models.TextField(default="")),
    ]
