"""Which package may follow what runs: the rule on its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.succession import Objection, Place, ancestors, objection

pytestmark = pytest.mark.property
# 1 <- 2 <- 3, and 9 that stands alone.
PARENTS = {1: None, 2: 1, 3: 2, 9: None}
levels = st.integers(0, 60)


@pytest.mark.parametrize(
    ("runs", "package", "expected"),
    [
        ((2, 3), (2, 4), None),
        ((2, 3), (2, 9), None),  # levels are cumulative: none has to be imported in between
        ((2, 3), (2, 3), Objection.NOT_LATER),
        ((2, 3), (2, 2), Objection.NOT_LATER),
        ((2, 3), (3, 0), None),
        ((1, 3), (3, 0), None),  # over a line that was left out
        ((2, 3), (3, 1), Objection.NOT_THE_FIRST),
        ((2, 3), (1, 9), Objection.FOREIGN_LINE),  # back to what it descends from
        ((2, 3), (9, 0), Objection.FOREIGN_LINE),
    ],
)
def test_what_may_follow(runs, package, expected):
    found = objection(Place(*runs), Place(*package), ancestors(package[0], PARENTS))

    assert found is expected


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), levels), min_size=1, max_size=8))
def test_whoever_follows_never_comes_back(packages):
    """Along any chain of permitted imports, line and level only rise."""
    here = Place(1, 0)
    seen = {here}
    for package in (Place(*one) for one in packages):
        if objection(here, package, ancestors(package.line, PARENTS)) is None:
            assert package not in seen
            assert (package.line, package.level) > (here.line, here.level)
            seen.add(package)
            here = package


@given(st.dictionaries(st.integers(1, 9), st.none() | st.integers(1, 9)), st.integers(1, 9))
def test_a_circle_of_lines_ends(parents, line):
    assert ancestors(line, parents) <= set(range(1, 10))
