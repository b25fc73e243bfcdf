"""Tracking numbers and receipts that were used before are found (`used_before_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("credit", "0003_receipts")]

    operations = [
        migrations.RunSQL(
            (_HERE / "used_before_schema.sql").read_text(encoding="utf-8"),
            "DROP INDEX credit.credit_request_bank_reference, credit.receipt_sha256",
        ),
    ]
