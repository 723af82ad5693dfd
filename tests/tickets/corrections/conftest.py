"""SP 4 is planned, the systems run SP 3, and two customers' tickets wait for a correction in it."""

import pytest
from django.utils import timezone

from releases import actions as releases
from tests.factories import CorrectionFactory, LineFactory, SystemFactory, a_ticket
from tests.releases import fleet
from tests.tickets.corrections.story import in_days, link


@pytest.fixture
def line(db):
    return LineFactory(name="2026.1")


@pytest.fixture
def package(line, rita):
    """SP 4, planned; the systems run SP 3."""
    return releases.plan(line, 4, by=rita, on=in_days(20))


@pytest.fixture
def correction(module, line, package):
    row = CorrectionFactory(module=module, released_at=timezone.now())
    fleet.assess(row, line, [(2, 4)])
    return row


@pytest.fixture
def alpinas(system, open_ticket, correction, sam):
    return link(open_ticket, by=sam, correction=correction, system=system)


@pytest.fixture
def hansas_system(hansa):
    return SystemFactory(organisation=hansa, code="HAN-P1")


@pytest.fixture
def hansas(hansa, hansas_system, mallory, module, correction, sam):
    """Another customer waits for the same."""
    ticket = a_ticket(by=mallory, module=module, organisation=hansa, system=hansas_system)
    return link(ticket, by=sam, correction=correction)
