"""Invitations: who may ask whom in, and what the link is good for."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from supportdesk.accounts import actions
from supportdesk.accounts.access import Role
from supportdesk.accounts.actions.invitations import MOST_PENDING
from supportdesk.accounts.models import Invitation, Organisation, User
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import dispatch, outbox
from supportdesk.messaging.models import Dispatch, Event, Notice
from tests.factories import OrganisationFactory, UserFactory

PASSWORD = "leise-rieselt-4711"


def an_invitation(by, email="neu@alpina.example", **facts):
    usual = {"organisation": by.organisation, "name": "Nele Neumann", "roles": [Role.MEMBER]}
    return actions.invite(by=by, email=email, **{**usual, **facts})


def secret_of(invitation):
    """Out of the latest letter, where the invited find it."""
    letter = Dispatch.objects.filter(dedupe_key__startswith=f"invitation:{invitation.pk}:")
    text = letter.latest("pk").content["text"]
    return re.search(r"/invitation/([\w-]{43})/", text)[1]


def accept(invitation, **facts):
    facts = {"name": "Nele Neumann", "password": PASSWORD, **facts}
    return actions.accept_invitation(secret_of(invitation), **facts)


def test_a_coordinator_invites_a_colleague_who_then_has_an_account(carol, alpina):
    invitation = an_invitation(carol, email=" Neu@Alpina.example ", language="en")

    person = accept(invitation, name="Nele Neumann-Groß")

    assert (person.email, person.name) == ("neu@alpina.example", "Nele Neumann-Groß")
    assert (person.organisation, person.roles, person.language) == (alpina, ["member"], "en")
    assert person.check_password(PASSWORD)
    assert [(e.verb, e.by) for e in Entry.objects.order_by("pk")] == [
        ("user.invited", carol),
        ("invitation.accepted", person),
    ]
    assert Event.objects.get().name == "invitation.accepted"


def test_the_link_stands_in_the_letter_alone(carol, ada):
    invitation = an_invitation(carol)
    secret = secret_of(invitation)

    assert len(invitation.digest) == 64
    assert secret not in invitation.digest
    assert not Event.objects.filter(body__icontains=secret).exists()
    assert secret not in str(list(Entry.objects.values()))


def test_a_sent_invitation_is_forgotten_but_for_its_subject(carol, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invitation = an_invitation(carol)
    secret = secret_of(invitation)

    assert dispatch.deliver("mail")

    letter = Dispatch.objects.get()
    assert letter.state == Dispatch.State.SENT
    assert list(letter.content) == ["subject"]
    assert secret not in str(Dispatch.objects.values())


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_letter_speaks_the_language_of_the_invited(carol, language):
    an_invitation(carol, language=language)

    letter = Dispatch.objects.get()
    assert f'lang="{language}"' in letter.content["html"]
    assert letter.address == "neu@alpina.example"
    assert "Carol Brandt" in letter.content["text"]
    assert "Alpina Krankenkasse" in letter.content["text"]


def test_whoever_invited_is_told_once(carol):
    accept(an_invitation(carol))

    while outbox.react():
        pass

    assert Notice.objects.get().user == carol
    assert Notice.objects.get().url == "/organisation/"
    assert Dispatch.objects.filter(recipient=carol).count() == 1


def test_a_link_works_once(carol):
    invitation = an_invitation(carol)
    accept(invitation)

    with pytest.raises(WrongState):
        accept(invitation, name="Somebody else")
    assert User.objects.filter(email="neu@alpina.example").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_used_by_six_at_once_makes_one_person(carol, at_once):
    secret = secret_of(an_invitation(carol))

    outcomes = at_once(6, lambda: actions.accept_invitation(secret, name="Nele", password=PASSWORD))

    assert outcomes.count(WrongState) == 5
    assert User.objects.filter(email="neu@alpina.example").count() == 1
    assert Entry.objects.filter(verb="invitation.accepted").count() == 1


def test_a_link_lasts_fourteen_days(carol):
    invitation = an_invitation(carol)

    with (
        time_machine.travel(timezone.now() + timedelta(days=14, seconds=1)),
        pytest.raises(WrongState),
    ):
        accept(invitation)
    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23)):
        assert accept(invitation)


def test_an_unknown_or_empty_secret_opens_nothing(carol):
    invitation = an_invitation(carol)

    for secret in ["", invitation.digest, "x" * 43]:
        with pytest.raises(Invitation.DoesNotExist):
            actions.accept_invitation(secret, name="Nele", password=PASSWORD)


@pytest.mark.parametrize("password", ["short", "neu@alpina.example", "qwerty123456", ""])
def test_a_weak_password_is_refused_and_the_link_stays_good(carol, password):
    invitation = an_invitation(carol)

    with pytest.raises(Invalid) as refusal:
        accept(invitation, password=password)
    assert refusal.value.field == "password"
    assert accept(invitation)


def test_nobody_joins_without_a_name_or_a_closed_customer(carol, alpina):
    invitation = an_invitation(carol)
    with pytest.raises(Invalid):
        accept(invitation, name="  ")

    Organisation.objects.filter(pk=alpina.pk).update(is_active=False)
    with pytest.raises(Refused):
        accept(invitation)
    with pytest.raises(Refused):
        an_invitation(carol, email="another@alpina.example")


def test_sending_again_gives_a_new_link_and_all_its_days(carol):
    invitation = an_invitation(carol)
    old = secret_of(invitation)

    with time_machine.travel(timezone.now() + timedelta(days=20)):
        invitation = actions.resend_invitation(invitation, by=carol)
        with pytest.raises(Invitation.DoesNotExist):
            actions.accept_invitation(old, name="Nele", password=PASSWORD)
        assert secret_of(invitation) != old
        assert accept(invitation)
    assert Entry.objects.filter(verb="invitation.resent").count() == 1
    assert Dispatch.objects.filter(address="neu@alpina.example").count() == 2


def test_a_withdrawn_invitation_opens_nothing_and_is_not_sent_again(carol):
    invitation = actions.withdraw_invitation(an_invitation(carol), by=carol)

    with pytest.raises(WrongState):
        accept(invitation)
    for verb in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(WrongState):
            verb(invitation, by=carol)
    assert Entry.objects.filter(verb="invitation.withdrawn").count() == 1


def test_an_accepted_invitation_is_neither_sent_again_nor_withdrawn(carol):
    invitation = an_invitation(carol)
    accept(invitation)

    for verb in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(WrongState):
            verb(invitation, by=carol)


def test_invitations_go_to_the_organisations_domains(carol):
    with pytest.raises(Invalid, match=r"alpina\.example") as refusal:
        an_invitation(carol, email="neu@alpina.example.evil.test")
    assert refusal.value.field == "email"
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@alpina.example", "x@y@alpina.example"])
def test_what_is_no_address_is_refused(carol, email):
    with pytest.raises(Invalid):
        an_invitation(carol, email=email)


def test_colleagues_are_named_and_strangers_never(alice, carol, hansa):
    mine = UserFactory(name="Zoe", organisation=OrganisationFactory(), roles=[Role.COORDINATOR])
    theirs = UserFactory(email="x@mail.test", organisation=hansa, roles=[Role.MEMBER])
    UserFactory(name="Colleague", email="c@mail.test", organisation=mine.organisation, roles=[])

    with pytest.raises(Invalid, match="Colleague"):
        an_invitation(mine, email="c@mail.test")
    said = set()
    # An account elsewhere, a staff account, an invitation elsewhere, a foreign domain: all alike.
    an_invitation(
        UserFactory(organisation=OrganisationFactory(), roles=[Role.COORDINATOR]), "i@mail.test"
    )
    UserFactory(email="staff@mail.test")
    for email in [theirs.email, "staff@mail.test", "i@mail.test", "nobody@alpina.example"]:
        with pytest.raises(Invalid) as refusal:
            an_invitation(mine, email=email)
        said.add(str(refusal.value))
    assert len(said) == 1
    assert not said.pop().count("Hansa")


def test_an_address_is_invited_once_at_a_time(carol):
    an_invitation(carol)

    with pytest.raises(Invalid, match="open already"):
        an_invitation(carol)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert an_invitation(carol)
    assert Invitation.objects.pending().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_inviting_the_same_address_at_once_send_one_letter(carol, at_once):
    outcomes = at_once(4, lambda: an_invitation(carol))

    assert outcomes.count(Invalid) == 3
    assert Dispatch.objects.count() == 1


def test_a_customer_cannot_mail_the_world(carol, alpina):
    for n in range(MOST_PENDING):
        an_invitation(carol, email=f"p{n}@alpina.example")

    with pytest.raises(Refused):
        an_invitation(carol)


def test_members_and_agents_invite_nobody(alice, sam, carol):
    invitation = an_invitation(carol)

    for person in (alice, sam):
        with pytest.raises(NotAllowed):
            an_invitation(person, email="n@alpina.example")
        for verb in (actions.resend_invitation, actions.withdraw_invitation):
            with pytest.raises(NotAllowed):
                verb(invitation, by=person)


def test_another_customer_sees_no_invitation_of_ours(carol, mallory):
    invitation = an_invitation(carol)

    for verb in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(Invitation.DoesNotExist):
            verb(invitation, by=mallory)
    with pytest.raises(Organisation.DoesNotExist):
        an_invitation(mallory, organisation=carol.organisation)


def test_a_mandate_does_not_let_a_provider_invite_or_see(paul, nord, hansa, mallory):
    wiebke = UserFactory(organisation=nord, roles=[Role.COORDINATOR])
    theirs = an_invitation(mallory, email="neu@hansa.example")

    with pytest.raises(NotAllowed):
        an_invitation(wiebke, email="n@hansa.example", organisation=hansa)
    assert not Invitation.objects.visible_to(wiebke).exists()
    with pytest.raises(Invitation.DoesNotExist):
        actions.withdraw_invitation(theirs, by=wiebke)


@pytest.mark.parametrize("roles", [[], ["agent"], ["member", "admin"], ["system"], ["nonsense"]])
def test_a_coordinator_gives_customer_roles_only(carol, roles):
    with pytest.raises(Invalid) as refusal:
        an_invitation(carol, roles=roles)
    assert refusal.value.field == "roles"


def test_a_coordinator_invites_nobody_to_the_vendor(carol):
    with pytest.raises(NotAllowed):
        an_invitation(carol, organisation=None, roles=["agent"])


def test_an_admin_invites_staff_and_customers_but_nobody_as_the_desk_itself(ada, alpina):
    staff = an_invitation(ada, email="new@desk.example", roles=["lead", "agent"])
    customer = an_invitation(ada, organisation=alpina, roles=["coordinator"])

    assert accept(staff).is_staff
    assert accept(customer).organisation == alpina
    with pytest.raises(Invalid):
        an_invitation(ada, email="b@desk.example", roles=["system"])


def test_somebody_who_came_another_way_meanwhile_is_sent_to_sign_in(carol, alpina):
    invitation = an_invitation(carol)
    UserFactory(email="neu@alpina.example", organisation=alpina, roles=["member"])

    with pytest.raises(Refused):
        accept(invitation)


def test_a_disabled_coordinator_invites_nobody(carol):
    carol.is_active = False

    with pytest.raises(NotAllowed):
        an_invitation(carol)


@pytest.mark.parametrize(
    "facts",
    [
        {"roles": ["admin"]},
        {"email": "Big@alpina.example"},
        {"accepted_at": timezone.now(), "withdrawn_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_no_invitation_can_be(carol, facts):
    invitation = an_invitation(carol)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**facts)
