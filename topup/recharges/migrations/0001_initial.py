"""The recharges' table and functions (`schema.sql`), and what Django's screens know of them."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Recharge",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("reference", models.TextField()),
                ("phone_number", models.BigIntegerField()),
                ("operator", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("state", models.TextField()),
                ("settle_seq", models.BigIntegerField(null=True)),
                ("reverse_seq", models.BigIntegerField(null=True)),
                ("reversal_reason", models.TextField(null=True)),
                ("created_at_us", models.BigIntegerField()),
                ("updated_at_us", models.BigIntegerField()),
            ],
            options={
                "db_table": "recharge",
                "ordering": ["-seller_id", "-id"],
                "managed": False,
            },
        ),
    ]
