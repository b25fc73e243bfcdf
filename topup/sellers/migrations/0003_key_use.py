"""When a key was last used, and what its last requests were (`key_use_schema.sql`)."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("sellers", "0002_roles"), ("ledger", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(
            (_HERE / "key_use_schema.sql").read_text(encoding="utf-8"),
            "DROP SCHEMA sellers CASCADE",
        ),
    ]
