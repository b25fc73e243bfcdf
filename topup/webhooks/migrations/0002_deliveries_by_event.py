"""Finding the deliveries of an event (`by_event_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "by_event_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
