"""Files of sales that are checked and then sold by a worker (`bulk_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0006_callbacks_and_review")]

    operations = [
        migrations.RunSQL((_HERE / "bulk_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
