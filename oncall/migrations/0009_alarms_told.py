from django.db import migrations
from django.db.models import F


def all_told(apps, schema_editor):
    """What was counted before there were digests is told of in none."""
    apps.get_model("oncall", "Page").objects.update(told_alarms=F("alarms"))


class Migration(migrations.Migration):
    dependencies = [
        ("oncall", "0008_storm_digest"),
    ]

    operations = [
        migrations.RunPython(all_told, migrations.RunPython.noop),
    ]
