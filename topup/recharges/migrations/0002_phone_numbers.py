"""The phone numbers that sellers keep (`phone_numbers_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (_HERE / "phone_numbers_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
