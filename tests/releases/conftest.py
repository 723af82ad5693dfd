"""A line, and its package that Alpina has."""

import pytest

from tests.factories import LineFactory, PackageFactory
from tests.releases import fleet


@pytest.fixture
def line(db):
    return LineFactory()


@pytest.fixture
def sp4(line, alpina):
    package = PackageFactory(line=line, level=4)
    fleet.deliver(package, alpina)
    return package
