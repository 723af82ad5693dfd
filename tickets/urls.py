"""The portal's pages about tickets."""

from django.urls import path

from tickets import (
    access_page,
    agreement_page,
    fault_page,
    figures_page,
    files,
    portal,
    preparation_page,
    rating_page,
    search_page,
)

urlpatterns = [
    path("", portal.home, name="home"),
    path("tickets/", portal.ticket_list, name="ticket_list"),
    path("rating/<str:token>/", rating_page.rating, name="rating"),
    path("search/", search_page.search, name="search"),
    path("tickets/new/", portal.ticket_new, name="ticket_new"),
    path("tickets/new/draft/", portal.draft_new, name="ticket_new_draft"),
    path("tickets/new/similar/", search_page.similar_new, name="ticket_new_similar"),
    path("tickets/new/verdicts/", portal.verdicts_new, name="ticket_new_verdicts"),
    path("tickets/new/proposal/", portal.proposal_new, name="ticket_new_proposal"),
    path("tickets/<int:number>/", portal.ticket, name="ticket"),
    path("tickets/<int:number>/reply/", portal.reply, name="ticket_reply"),
    path("tickets/<int:number>/confirm/", portal.confirm, name="ticket_confirm"),
    path("tickets/<int:number>/reopen/", portal.reopen, name="ticket_reopen"),
    path("tickets/<int:number>/object/", portal.object_to_priority, name="ticket_object"),
    path("tickets/<int:number>/escalate/", portal.escalate, name="ticket_escalate"),
    path("tickets/<int:number>/withdraw/", portal.withdraw, name="ticket_withdraw"),
    path("tickets/<int:number>/draft/", portal.draft_reply, name="ticket_draft"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("access/", access_page.accesses, name="accesses"),
    path("access/<int:pk>/", access_page.access_page, name="access"),
    path("access/<int:pk>/approve/", access_page.approve, name="access_approve"),
    path("access/<int:pk>/decline/", access_page.decline, name="access_decline"),
    path("access/<int:pk>/revoke/", access_page.revoke, name="access_revoke"),
    path("organisation/figures/", figures_page.figures, name="figures"),
    path("organisation/agreement/", agreement_page.agreement, name="agreement"),
    path("organisation/preparation/", preparation_page.prepared, name="preparation"),
    path("faults/<int:pk>/", fault_page.fault, name="fault"),
    path("inbox/", portal.inbox, name="inbox"),
    path("inbox/read/", portal.inbox_read, name="inbox_read"),
    path("inbox/<int:pk>/read/", portal.inbox_read, name="notice_read"),
]
