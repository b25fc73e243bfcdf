"""How each gateway reaches an operator, and a choice of gateways that follows from the folders."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import topup.gateways.registry


class Migration(migrations.Migration):
    dependencies = [("gateways", "0002_iran")]

    operations = [
        migrations.AlterField(
            model_name="operator",
            name="gateway",
            field=models.CharField(choices=topup.gateways.registry.choices, default="instant", max_length=20),
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(choices=topup.gateways.registry.choices, max_length=20)),
                ("configuration", models.JSONField(blank=True, default=dict)),
                ("secrets", models.JSONField(blank=True, default=dict, editable=False)),
                ("max_in_flight", models.PositiveSmallIntegerField(default=64)),
                (
                    "allowed_hosts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253), blank=True, default=list, size=None
                    ),
                ),
                ("version", models.BigIntegerField(default=0, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="gateways.operator",
                    ),
                ),
            ],
            options={
                "ordering": ["operator", "gateway"],
                "constraints": [
                    models.UniqueConstraint(fields=("operator", "gateway"), name="connection_of_a_gateway"),
                    models.CheckConstraint(
                        condition=models.Q(("max_in_flight__gte", 1), ("max_in_flight__lte", 1000)),
                        name="connection_in_flight",
                    ),
                ],
            },
        ),
    ]
