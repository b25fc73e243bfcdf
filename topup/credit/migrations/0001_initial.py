"""The credit requests' table and functions (`schema.sql`), and what Django's screens know of them."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CreditRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("state", models.TextField()),
                ("note", models.TextField()),
                ("reason", models.TextField()),
                ("requested_by", models.BigIntegerField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("credit_seq", models.BigIntegerField(null=True)),
                ("created_at_us", models.BigIntegerField()),
                ("decided_at_us", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "credit_request",
                "ordering": ["-id"],
                "managed": False,
            },
        ),
    ]
