"""The rule that finds the nearest lab system."""

import pytest

from releases.lab import Near, Place, nearest

OLD, NEW, OTHER = Place("LAB-3", 1, 3), Place("LAB-7", 1, 7), Place("LAB-X", 2, 5)


@pytest.mark.parametrize(
    ("level", "labs", "found"),
    [
        (3, [NEW, OLD], Near(OLD, 0)),
        (6, [OLD, NEW], Near(NEW, 1)),
        (5, [NEW, OLD], Near(OLD, 2)),  # of two equally near the lower
        (5, [NEW, OTHER], Near(NEW, 2)),  # another line is no neighbour, however near the number
        (5, [OTHER], None),
        (5, [], None),
    ],
    ids=["the same", "the nearer", "the lower", "not another line", "only others", "none"],
)
def test_nearest(level, labs, found):
    assert nearest(1, level, labs) == found


def test_of_two_at_one_level_the_order_is_kept():
    twin = Place("LAB-1", 1, 3)

    assert nearest(1, 3, [OLD, twin]) == nearest(1, 3, [twin, OLD]) == Near(twin, 0)
