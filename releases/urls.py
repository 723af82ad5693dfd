"""The portal's pages about systems and packages."""

from django.urls import path

from releases import calendar_portal, delivery_page, import_portal, inventory_portal, portal

urlpatterns = [
    path("systems/", portal.systems, name="systems"),
    path("systems/inventory/", inventory_portal.take, name="inventory"),
    path("systems/<int:pk>/report/", portal.report, name="system_report"),
    path("systems/<int:pk>/doubt/", portal.doubt, name="system_doubt"),
    path("recalls/<int:pk>/confirm/", delivery_page.confirm_recall, name="recall_confirm"),
    path("releases/calendar/", calendar_portal.release_calendar, name="release_calendar"),
    path("releases/calendar/open/", calendar_portal.open_feed, name="release_feed_open"),
    path("releases/calendar/close/", calendar_portal.close_feed, name="release_feed_close"),
    path("releases/<str:secret>.ics", calendar_portal.feed, name="release_feed"),
    path("deliveries/", delivery_page.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", delivery_page.delivery, name="delivery"),
    path("deliveries/<int:pk>/notes/", delivery_page.delivery_notes, name="delivery_notes"),
    path("deliveries/<int:pk>/files/<int:file>/", delivery_page.file, name="delivery_file"),
    path("systems/<int:pk>/imports/", import_portal.imports, name="system_imports"),
    path("imports/<int:pk>/confirm/", import_portal.confirm, name="import_confirm"),
    path("imports/<int:pk>/drop/", import_portal.drop, name="import_drop"),
    path("imports/<int:pk>/fail/", import_portal.fail, name="import_fail"),
    path("imports/<int:pk>/roll_back/", import_portal.roll_back, name="import_roll_back"),
]
