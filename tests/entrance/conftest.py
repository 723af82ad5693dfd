"""Everything at the door is rate limited: each test counts for itself."""

import pytest


@pytest.fixture(autouse=True)
def counted_alone(own_counters):
    return None
