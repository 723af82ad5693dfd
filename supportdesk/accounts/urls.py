"""Pages about people and organisations."""

from django.urls import path

from supportdesk.accounts.portal import invitation, organisation, profile, webhooks

urlpatterns = [
    path("invitation/", invitation.accept, name="invitation"),
    path("invitation/<str:secret>/", invitation.link, name="invitation_link"),
    path("organisation/", organisation.page, name="organisation"),
    path("organisation/invite/", organisation.invite, name="organisation_invite"),
    path("organisation/people/<int:pk>/", organisation.person, name="colleague"),
    path("organisation/people/<int:pk>/roles/", organisation.grant, name="colleague_grant"),
    path("organisation/people/<int:pk>/disable/", organisation.disable, name="colleague_disable"),
    path("organisation/people/<int:pk>/enable/", organisation.enable, name="colleague_enable"),
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
    path("organisation/webhooks/", webhooks.webhooks, name="webhooks"),
    path("organisation/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("organisation/webhooks/<int:pk>/change/", webhooks.change, name="webhook_change"),
    path("organisation/webhooks/<int:pk>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("organisation/webhooks/<int:pk>/ping/", webhooks.ping, name="webhook_ping"),
    path("organisation/webhooks/<int:pk>/on/", webhooks.switch_on, name="webhook_on"),
    path("organisation/webhooks/<int:pk>/off/", webhooks.switch_off, name="webhook_off"),
    path("organisation/webhooks/<int:pk>/remove/", webhooks.remove, name="webhook_remove"),
    path("profile/", profile.page, name="profile"),
    path("profile/about/", profile.about, name="profile_about"),
    path("profile/notifications/", profile.preferences, name="profile_preferences"),
    path("profile/quiet/", profile.quiet, name="profile_quiet"),
    path("profile/sessions/end/", profile.end_other_sessions, name="sessions_end_others"),
    path("profile/sessions/<int:pk>/end/", profile.end_session, name="session_end"),
    path("profile/tokens/", profile.tokens, name="tokens"),
    path("profile/tokens/<slug:key>/revoke/", profile.revoke, name="token_revoke"),
]
