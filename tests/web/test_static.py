"""Style sheets that lean on installed packages find them, also under hashed names."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command


@pytest.mark.parametrize("name", ["desk/vendor-portal.css", "desk/vendor-office.css"])
def test_every_import_of_a_style_sheet_is_found(name):
    with open(finders.find(name), encoding="utf-8") as file:
        imports = re.findall(r'@import url\("\.\./([^"]+)"\)', file.read())

    assert imports
    assert [path for path in imports if not finders.find(path)] == []


def test_all_files_can_be_collected_under_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    (portal,) = (tmp_path / "desk").glob("vendor-portal.*.css")
    assert re.search(r"bootstrap\.min\.[0-9a-f]{12}\.css", portal.read_text("utf-8"))
