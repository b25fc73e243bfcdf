"""Users have roles: who was a member before is an owner, who was staff is an admin."""

from typing import Any

from django.db import migrations, models


def give_roles(apps: Any, _: Any) -> None:  # the historical models, and a schema editor
    users = apps.get_model("sellers", "User").objects
    users.exclude(seller=None).update(role="owner")
    users.filter(seller=None, is_staff=True).update(role="admin")


class Migration(migrations.Migration):
    dependencies = [("sellers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="role",
            # The previous release knows no role: what it writes meanwhile has the least of its kind.
            field=models.CharField(
                blank=True,
                choices=[
                    ("owner", "owner"),
                    ("cashier", "cashier"),
                    ("viewer", "viewer"),
                    ("support", "support"),
                    ("finance", "finance"),
                    ("admin", "admin"),
                ],
                db_default="",
                default="",
                max_length=16,
                verbose_name="role",
            ),
        ),
        migrations.RunPython(give_roles, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role", ""),
                    models.Q(("role__in", ["owner", "cashier", "viewer"]), ("seller__isnull", False)),
                    models.Q(("role__in", ["support", "finance", "admin"]), ("seller__isnull", True)),
                    _connector="OR",
                ),
                name="role_fits",
                violation_error_message="This role is not one of staff, or not one of a member.",
            ),
        ),
    ]
