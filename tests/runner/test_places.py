"""It runs for anybody, from any folder, whatever the terminal speaks."""

from __future__ import annotations

from pathlib import Path

from tests.runner.conftest import ROOT, SOMEBODY, answers
from tests.runner.test_ending import COUNT, CREATE


def test_from_a_closed_folder_with_a_space_and_an_umlaut_without_a_locale(clone):
    house = clone("Köln und Öhringen/desk", user=SOMEBODY)
    house.folder.chmod(0o700)
    run = house.start("run")

    assert answers(run.opens() + "/account/login/") == 200
    assert run.stop() == 143
    assert house.processes() == []


def test_from_a_long_closed_path_with_a_locale_that_is_missing_and_data_stay(clone, place):
    house = clone("/".join(["a-long-folder-name-of-somebody"] * 5) + "/desk")
    (place / "a-long-folder-name-of-somebody").chmod(0o700)
    private = place / "private"
    private.mkdir(mode=0o700)
    strange = {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.ISO-8859-1", "TMPDIR": str(private)}
    run = house.start("run", **strange)
    data = Path(run.hears("Making a database in ").split(" in ")[1].strip().removesuffix("."))
    assert answers(run.opens() + "/account/login/") == 200
    assert run.stop() == 143
    assert data.is_relative_to("/var/lib" if ROOT else house.folder)

    assert house.start("manage", "shell", "-c", CREATE, **strange).hears("made")
    # The next one comes while this one is still closing.
    found = house.start("manage", "shell", "-c", COUNT, **strange)
    assert found.hears("found").strip() == "found 1"
    assert "Making a database" not in found.text


def test_without_the_right_to_write_it_says_so(clone):
    house = clone()
    house.user = SOMEBODY  # it still belongs to us
    house.folder.chmod(0o755 if SOMEBODY else 0o555)
    run = house.start("run")

    assert run.ends() == 1
    assert "Clone into a folder of your own" in run.text
    assert "Traceback" not in run.text
