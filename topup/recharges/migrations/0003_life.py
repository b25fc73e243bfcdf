"""The life of a recharge after its sale (`life_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0002_phone_numbers"), ("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "life_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
