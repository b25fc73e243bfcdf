"""What a number was credited, of a limited number of recharges (`phone_number_sums_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0010_bulk")]

    operations = [
        migrations.RunSQL(
            (_HERE / "phone_number_sums_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
