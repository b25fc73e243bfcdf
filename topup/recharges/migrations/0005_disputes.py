"""Disputes, and telling operators of reversals (`disputes_schema.sql`)."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0004_cases")]

    operations = [
        migrations.RunSQL(
            (_HERE / "disputes_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("recharge_id", models.UUIDField()),
                ("state", models.TextField()),
                ("reason", models.TextField()),
                ("answer", models.TextField(null=True)),
                ("evidence", models.TextField(null=True)),
                ("opened_by", models.BigIntegerField()),
                ("opened_at_us", models.BigIntegerField()),
                ("answered_by", models.BigIntegerField(null=True)),
                ("answered_at_us", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "dispute",
                "ordering": ["-id"],
                "managed": False,
            },
        ),
    ]
