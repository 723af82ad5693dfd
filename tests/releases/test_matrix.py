"""The rule that says in one word what a customer has of a package."""

import pytest

from releases.matrix import Cell, Place, Stand, cell

OLD, NEW, UNKNOWN = Place(1, 3), Place(2, 6), Place(3, None)


@pytest.mark.parametrize(
    ("places", "given", "failed", "planned", "found"),
    [
        ([OLD], None, [], [], Cell(Stand.NOTHING, 0, 1)),
        ([OLD], False, [], [], Cell(Stand.PREPARED, 0, 1)),
        ([OLD], True, [], [], Cell(Stand.DELIVERED, 0, 1)),
        ([OLD], True, [], [1], Cell(Stand.PLANNED, 0, 1)),
        ([OLD], True, [1], [], Cell(Stand.FAILED, 0, 1)),
        ([NEW], True, [2], [], Cell(Stand.IMPORTED, 1, 1)),  # it failed, but a later one worked
        ([OLD, NEW], True, [], [1], Cell(Stand.PARTLY, 1, 2)),
        ([OLD, NEW], True, [1], [], Cell(Stand.FAILED, 1, 2)),
        ([NEW, UNKNOWN], True, [], [], Cell(Stand.PARTLY, 1, 2)),  # unknown is never fine
        ([NEW], None, [], [], Cell(Stand.IMPORTED, 1, 1)),
        ([], True, [], [], Cell(Stand.DELIVERED, 0, 0)),
    ],
    ids=[
        *["nothing", "prepared", "delivered", "planned", "failed", "failed before"],
        *["partly", "failed on one", "unknown", "within a later level", "no system"],
    ],
)
def test_what_a_customer_has_of_sp_5(places, given, failed, planned, found):
    assert cell(5, places, given, failed, planned) == found


def test_the_level_itself_has_it():
    assert cell(6, [NEW], True, [], []) == Cell(Stand.IMPORTED, 1, 1)
