"""Settlement files: their mappings, the record of each import, and where lines are compared (`schema.sql`)."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = [("recharges", "0004_cases")]

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="KeptMapping",
            fields=[
                ("name", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "settlement mapping",
                "db_table": "settlement_mapping",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "seller_id",
                        "recharge_id",
                        "operator",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seller_id", models.BigIntegerField()),
                ("recharge_id", models.UUIDField()),
                ("operator", models.CharField(max_length=20)),
                ("day", models.DateField()),
            ],
            options={"db_table": "settlement_seen"},
        ),
        migrations.CreateModel(
            name="SettlementFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("operator", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("by_whom", models.CharField(max_length=200)),
                ("day", models.DateField(null=True)),
                ("begun_at_us", models.BigIntegerField()),
                ("done_at_us", models.BigIntegerField(null=True)),
                ("lines", models.BigIntegerField(default=0)),
                ("bad", models.BigIntegerField(default=0)),
                ("matched", models.BigIntegerField(default=0)),
                ("settled", models.BigIntegerField(default=0)),
                ("ours_only", models.BigIntegerField(default=0)),
                ("theirs_only", models.BigIntegerField(default=0)),
                ("amount_differs", models.BigIntegerField(default=0)),
                ("state_differs", models.BigIntegerField(default=0)),
                ("still_open", models.BigIntegerField(default=0)),
                ("waiting", models.BigIntegerField(default=0)),
                ("cases", models.BigIntegerField(default=0)),
                ("bad_lines", models.JSONField(default=list)),
            ],
            options={
                "db_table": "settlement_file",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["operator", "day"], name="settlement_file_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("operator", "digest"), name="settlement_file_once")
                ],
            },
        ),
    ]
