"""Quality gates: four eyes, two people for an exception, and every change opens them again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from releases import actions
from releases.actions import Look
from releases.models import Gate, GateKind, Package, Status
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tests.factories import CorrectionFactory, LineFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db
DIGEST = "0123456789abcdef" * 4
PASSED = Look(passed=True)


@pytest.fixture(autouse=True)
def kinds(db):
    """Two that must be passed, and one that may."""
    GateKind.objects.all().delete()
    return [
        GateKind.objects.create(name=name, position=n, is_mandatory=name != "Load")
        for n, name in enumerate(["Build", "Tests", "Load"])
    ]


@pytest.fixture
def package(dev):
    """In quality assurance, with a correction that dev wrote and assessed."""
    line = LineFactory()
    actions.assess(CorrectionFactory(author=dev), line, by=dev, intervals=[(2, 4)])
    return fleet.package(line, 4, Status.IN_QA)


def close_all(package, kinds, by):
    for kind in kinds[:2]:
        actions.sign_gate(package, kind, by=by, look=PASSED)


def test_all_mandatory_gates_passed_let_it_out(package, kinds, sam, rita):
    close_all(package, kinds, sam)

    assert actions.move(package, Status.RELEASED, by=rita).released_at


def test_a_release_names_the_gates_that_are_open(package, kinds, sam, rita):
    actions.sign_gate(package, kinds[0], by=sam, look=PASSED)
    actions.sign_gate(package, kinds[1], by=sam, look=Look(passed=False, note="Two are red."))

    with pytest.raises(Refused, match="“Tests” is open"):
        actions.move(package, Status.RELEASED, by=rita)


def test_the_database_lets_nothing_out_through_an_open_gate(package, kinds, sam):
    actions.sign_gate(package, kinds[0], by=sam, look=PASSED)
    facts = {"status": Status.RELEASED, "released_at": "2026-01-01T00:00Z"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Package.objects.filter(pk=package.pk).update(**facts)
    actions.sign_gate(package, kinds[1], by=sam, look=PASSED)
    Package.objects.filter(pk=package.pk).update(**facts)


def test_authors_of_the_content_do_not_sign(package, kinds, dev, rita):
    with pytest.raises(Refused, match="author"):
        actions.sign_gate(package, kinds[0], by=dev, look=PASSED)

    other = CorrectionFactory(author=None)
    actions.assess(other, package.line, by=rita, intervals=[(1, 4)])
    for state in (Status.FROZEN, Status.IN_QA):
        package = actions.move(package, state, by=rita)
    with pytest.raises(Refused, match="author"):  # she has said where it holds
        actions.sign_gate(package, kinds[0], by=rita, look=PASSED)


def test_whoever_wrote_it_is_an_author_though_others_assess(package, kinds, rita, dev):
    actions.assess(CorrectionFactory(author=rita), package.line, by=dev, intervals=[(1, 4)])
    for state in (Status.FROZEN, Status.IN_QA):
        package = actions.move(package, state, by=rita)

    with pytest.raises(Refused, match="author"):
        actions.sign_gate(package, kinds[0], by=rita, look=PASSED)


def test_who_was_assessed_over_is_an_author_still(package, kinds, rita, dev):
    correction = CorrectionFactory()
    for person, since in ((rita, 1), (dev, 2)):
        actions.assess(correction, package.line, by=person, intervals=[(since, 4)])
    for state in (Status.FROZEN, Status.IN_QA):
        package = actions.move(package, state, by=rita)

    for person in (rita, dev):
        with pytest.raises(Refused, match="author"):
            actions.sign_gate(package, kinds[0], by=person, look=PASSED)


def test_who_repeats_what_was_said_becomes_no_author(package, kinds, rita):
    actions.assess(package.content().get(), package.line, by=rita, intervals=[(2, 4)])

    assert actions.sign_gate(package, kinds[0], by=rita, look=PASSED).result == "passed"


def test_a_hand_in_it_on_another_line_is_none_on_this(package, kinds, rita):
    actions.assess(package.content().get(), LineFactory(name="X"), by=rita, intervals=[(2, 4)])

    assert actions.sign_gate(package, kinds[0], by=rita, look=PASSED).result == "passed"


def test_words_written_anew_open_the_gates_and_make_an_author(client, package, kinds, sam, rita):
    close_all(package, kinds, sam)
    correction = package.content().get()
    client.force_login(rita)
    facts = {"module": correction.module_id, "symptom": correction.symptom, "object_keys": "ZKG"}
    facts["initial-object_keys"] = "ZKG"
    address = reverse("admin:releases_correction_change", args=[correction.pk])

    assert client.post(address, {**facts, "solution": "Else."}).status_code == 302

    package.refresh_from_db()
    assert (package.status, package.gates.count()) == (Status.COMPOSING, 0)
    for state in (Status.FROZEN, Status.IN_QA):
        package = actions.move(package, state, by=rita)
    with pytest.raises(Refused, match="author"):
        actions.sign_gate(package, kinds[0], by=rita, look=PASSED)

    close_all(package, kinds, sam)
    assert client.post(address, {**facts, "solution": "Else."}).status_code == 302
    assert package.gates.count() == 2  # nothing was written


def test_the_database_keeps_what_a_release_was_signed_with(package, kinds, sam, rita):
    close_all(package, kinds, sam)
    actions.move(package, Status.RELEASED, by=rita)

    for change in (
        lambda: package.gates.all().delete(),
        lambda: package.gates.update(result="failed"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_change_of_content_opens_all_gates_and_says_so(package, kinds, sam, dev):
    close_all(package, kinds, sam)

    actions.assess(CorrectionFactory(author=dev), package.line, by=dev, intervals=[(3, 4)])

    package.refresh_from_db()
    assert (package.status, package.gates.count()) == (Status.COMPOSING, 0)
    assert Entry.objects.get(verb="package.reopened").facts["gates"] == ["Build", "Tests"]


@pytest.mark.parametrize(
    ("intervals", "reopened"),
    [
        ([(2, None)], True),  # it is not fixed there after all
        ([(2, 5)], True),  # it comes later
        ([(1, 4)], True),  # it was there earlier: whoever said so is an author now
        (None, True),
        ([(2, 4)], False),
    ],
)
def test_what_is_said_again_is_no_change(package, kinds, sam, dev, intervals, reopened):
    close_all(package, kinds, sam)
    correction = package.content().get()

    actions.assess(correction, package.line, by=dev, intervals=intervals)

    assert (package.gates.count() == 0) is reopened


def test_other_levels_and_lines_are_left_alone(package, kinds, sam, dev):
    close_all(package, kinds, sam)

    actions.assess(CorrectionFactory(), package.line, by=dev, intervals=[(2, 5)])
    actions.assess(CorrectionFactory(), LineFactory(name="2025.2"), by=dev, intervals=[(2, 4)])

    assert package.gates.count() == 2


def test_what_is_released_stays_released(package, kinds, sam, rita, dev):
    close_all(package, kinds, sam)
    actions.move(package, Status.RELEASED, by=rita)

    actions.assess(CorrectionFactory(), package.line, by=dev, intervals=[(2, 4)])

    package.refresh_from_db()
    assert (package.status, package.gates.count()) == (Status.RELEASED, 2)


def test_an_exception_needs_a_second_person(package, kinds, lea, rita, sam):
    actions.sign_gate(package, kinds[0], by=sam, look=PASSED)
    actions.ask_waiver(package, kinds[1], by=lea, why="The test system is away until May.")
    with pytest.raises(Refused):
        actions.waive_gate(package, kinds[1], by=lea)
    with pytest.raises(Refused):
        actions.move(package, Status.RELEASED, by=rita)

    actions.waive_gate(package, kinds[1], by=rita)

    assert actions.move(package, Status.RELEASED, by=rita).status == Status.RELEASED


@pytest.mark.parametrize(
    "facts",
    [
        {"result": "waived"},
        {"result": "passed", "evidence": "log", "sha256": "00"},
        {"result": "asked", "note": ""},
    ],
)
def test_the_database_refuses_half_an_exception_and_evidence_without_digest(
    package, kinds, lea, facts
):
    actions.ask_waiver(package, kinds[1], by=lea, why="The test system is away.")

    with pytest.raises(IntegrityError), transaction.atomic():
        Gate.objects.update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gate.objects.update(result="waived", waived_by=lea)


def test_nothing_is_granted_that_nobody_asked_for(package, kinds, rita):
    with pytest.raises(WrongState):
        actions.waive_gate(package, kinds[1], by=rita)


@pytest.mark.parametrize(
    ("look", "field"),
    [
        (Look(passed=True, evidence="build.log"), "sha256"),
        (Look(passed=True, sha256=DIGEST), "sha256"),
        (Look(passed=True, evidence="build.log", sha256="x" * 64), "sha256"),
        (Look(passed=False), "note"),
    ],
)
def test_what_is_signed_must_be_whole(package, kinds, sam, look, field):
    with pytest.raises(Invalid) as refused:
        actions.sign_gate(package, kinds[0], by=sam, look=look)
    assert refused.value.field == field


def test_evidence_is_kept_with_its_digest(package, kinds, sam):
    look = Look(passed=True, evidence="build 4711", sha256=DIGEST.upper())

    assert actions.sign_gate(package, kinds[0], by=sam, look=look).sha256 == DIGEST


def test_nobody_signs_what_may_still_change(rita, sam, kinds):
    package = actions.plan(LineFactory(), 5, by=rita, on=None)

    with pytest.raises(WrongState):
        actions.sign_gate(package, kinds[0], by=sam, look=PASSED)


def test_customers_and_trainers_sign_nothing(package, kinds, carol, tom):
    for person in (carol, tom):
        with pytest.raises(NotAllowed):
            actions.sign_gate(package, kinds[0], by=person, look=PASSED)


@pytest.mark.django_db(transaction=True)
def test_a_late_change_and_the_release_never_both_win(rita, sam, dev):
    """In whatever order they come: released with what was signed, or changed and not released."""
    for n in range(8):
        line = LineFactory(name=f"race {n}")
        correction = CorrectionFactory()
        actions.assess(correction, line, by=dev, intervals=[(1, 4)])
        package = fleet.package(line, 4, Status.IN_QA)
        for kind in GateKind.objects.mandatory():
            actions.sign_gate(package, kind, by=sam, look=PASSED)

        def release(package=package):
            try:
                return actions.move(package, Status.RELEASED, by=rita).status
            except (Refused, WrongState):
                return "refused"
            finally:
                connections.close_all()

        def change(correction=correction, line=line):
            try:
                actions.assess(correction, line, by=dev, intervals=[(2, 4)])
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            released, changed = pool.submit(release), pool.submit(change)
            changed.result()
            outcome = released.result()

        package.refresh_from_db()
        gates = package.gates.count()
        assert (outcome, package.status, gates) in [
            ("released", "released", GateKind.objects.mandatory().count()),
            ("refused", "composing", 0),
        ]


def test_a_gate_is_signed_on_the_packages_page(client, package, kinds, sam, lea):
    client.force_login(sam)
    address = reverse("admin:releases_package_sign", args=[package.pk])
    said = {"kind": kinds[0].pk, "passed": "yes", "evidence": "log", "sha256": "short"}

    refused = client.post(address, said)
    done = client.post(address, {**said, "sha256": DIGEST})

    assert refused.status_code == 422
    assert 'value="short"' in refused.content.decode()
    assert done.url == reverse("admin:releases_package_change", args=[package.pk])
    page = client.get(done.url).content.decode()
    assert DIGEST in page
    assert sam.name in page
