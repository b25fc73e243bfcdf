"""The audit log's table and function (`schema.sql`), and what Django's screens know of them."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("at_us", models.BigIntegerField()),
                ("actor_id", models.BigIntegerField()),
                ("act", models.TextField()),
                ("subject_type", models.TextField()),
                ("subject_id", models.TextField()),
                ("reason", models.TextField()),
                ("request_id", models.TextField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "db_table": "entry",
                "ordering": ["-id"],
                "managed": False,
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
            },
        ),
    ]
