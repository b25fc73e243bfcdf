"""The first tables of `topup.gateways`."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("code", models.SlugField(max_length=20, primary_key=True, serialize=False)),
                ("name_en", models.CharField(max_length=60)),
                ("name_fa", models.CharField(max_length=60)),
                (
                    "prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), size=None
                    ),
                ),
                (
                    "gateway",
                    models.CharField(choices=[("instant", "Instant")], default="instant", max_length=20),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("inactive", "Inactive")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("min_minor", models.BigIntegerField(default=1)),
                ("max_minor", models.BigIntegerField(default=9223372036854775807)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("max_minor__gte", models.F("min_minor")), ("min_minor__gte", 1)),
                        name="operator_range",
                    )
                ],
            },
        ),
    ]
