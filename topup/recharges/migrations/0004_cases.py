"""Cases that staff must look at (`cases_schema.sql`), and what Django's screens know of them."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("recharges", "0003_life")]

    operations = [
        migrations.RunSQL((_HERE / "cases_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("recharge_id", models.UUIDField(null=True)),
                ("operator", models.TextField()),
                ("evidence", models.TextField()),
                ("state", models.TextField()),
                ("opened_at_us", models.BigIntegerField()),
                ("closed_at_us", models.BigIntegerField(null=True)),
                ("closed_by", models.BigIntegerField(null=True)),
                ("resolution", models.TextField(null=True)),
            ],
            options={
                "db_table": "staff_case",
                "ordering": ["-id"],
                "managed": False,
            },
        ),
    ]
