"""The ledger's tables and functions (`schema.sql`), and what Django's screens know of them."""

from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL((_HERE / "schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL((_HERE / "privileges.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("seller_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("currency", models.TextField()),
                ("active", models.BooleanField()),
                ("available", models.BigIntegerField()),
                ("held", models.BigIntegerField()),
                ("funded", models.BigIntegerField()),
                ("sold", models.BigIntegerField()),
                ("adjusted", models.BigIntegerField()),
                ("seq", models.BigIntegerField(verbose_name="version")),
                ("daily_limit", models.BigIntegerField(null=True)),
                ("per_recharge_max", models.BigIntegerField(null=True)),
                ("duplicate_window_s", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "book",
                "ordering": ["seller_id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("seller_id", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("seq", models.BigIntegerField(verbose_name="version")),
                ("kind", models.TextField()),
                ("from_account", models.TextField()),
                ("to_account", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("available", models.BigIntegerField(verbose_name="available after")),
                ("held", models.BigIntegerField(verbose_name="held after")),
                ("source_type", models.TextField()),
                ("source_id", models.UUIDField()),
                ("actor_type", models.TextField()),
                ("actor_id", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("hash", models.TextField()),
            ],
            options={
                "db_table": "movement",
                "ordering": ["-seller_id", "-currency", "-seq"],
                "managed": False,
            },
        ),
    ]
