"""The operators of Iran. A test holds the prefixes to libphonenumber's carrier table."""

from typing import Any

from django.db import migrations

OPERATORS = (
    ("mci", "MCI", "همراه اول", "91 932 990 991 992 993 994 996 9990 9995 9996"),
    ("irancell", "Irancell", "ایرانسل", "90 930 933 935 936 937 938 939 9955 9991"),
    ("rightel", "Rightel", "رایتل", "92 998 9992 9998 9999"),
)


def add(apps: Any, schema_editor: Any) -> None:  # Django's historical apps have no types
    operator = apps.get_model("gateways", "Operator")
    for code, name_en, name_fa, prefixes in OPERATORS:
        operator.objects.create(code=code, name_en=name_en, name_fa=name_fa, prefixes=prefixes.split())


class Migration(migrations.Migration):
    dependencies = [("gateways", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
