"""Callbacks (`callbacks_schema.sql`), and what staff decide of unknown recharges (`review_schema.sql`)."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0005_disputes")]

    operations = [
        migrations.RunSQL(
            (_HERE / "callbacks_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
        migrations.RunSQL((_HERE / "review_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("phone_number", models.BigIntegerField()),
                ("operator", models.TextField()),
                ("gateway", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("reference", models.TextField()),
                ("created_at_us", models.BigIntegerField()),
                ("unknown_since_us", models.BigIntegerField(null=True)),
                ("review_since_us", models.BigIntegerField(null=True)),
                ("due_at_us", models.BigIntegerField()),
                ("attempts", models.IntegerField()),
                ("proposed_by", models.BigIntegerField(null=True)),
                ("proposed_at_us", models.BigIntegerField(null=True)),
                ("proposed_evidence", models.TextField(null=True)),
            ],
            options={
                "db_table": "review",
                "ordering": ["-id"],
                "managed": False,
            },
        ),
    ]
