from django.db import migrations

FORWARD = [
    """INSERT INTO releases_installed (system_id, line_id, level)
    SELECT id, line_id, level FROM releases_system""",
    """UPDATE releases_line SET maintained_until = current_date - 1 WHERE NOT in_maintenance""",
]
BACK = [
    """UPDATE releases_system s SET line_id = i.line_id, level = i.level
    FROM releases_installed i WHERE i.system_id = s.id""",
    """UPDATE releases_line SET in_maintenance = coalesce(maintained_until >= current_date, true)""",
]


class Migration(migrations.Migration):
    dependencies = [("releases", "0003_packages")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
