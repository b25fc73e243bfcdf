"""Four eyes above a limit: the first approval is kept as a proposal (`proposal_schema.sql`)."""

from pathlib import Path

from django.db import migrations

_HERE = Path(__file__).resolve().parent.parent


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]

    operations = [
        migrations.RunSQL((_HERE / "proposal_schema.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop)
    ]
