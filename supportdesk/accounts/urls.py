"""Pages about people and organisations."""

from django.urls import path

from supportdesk.accounts.portal import invitation, organisation

urlpatterns = [
    path("invitation/", invitation.accept, name="invitation"),
    path("invitation/<str:secret>/", invitation.link, name="invitation_link"),
    path("organisation/", organisation.page, name="organisation"),
    path("organisation/invite/", organisation.invite, name="organisation_invite"),
    path(
        "organisation/invitations/<int:pk>/resend/",
        organisation.resend,
        name="invitation_resend",
    ),
    path(
        "organisation/invitations/<int:pk>/withdraw/",
        organisation.withdraw,
        name="invitation_withdraw",
    ),
]
