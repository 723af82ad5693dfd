"""The portal's pages about systems and packages."""

from django.urls import path

from releases import delivery_page, portal

urlpatterns = [
    path("systems/", portal.systems, name="systems"),
    path("systems/<int:pk>/report/", portal.report, name="system_report"),
    path("systems/<int:pk>/doubt/", portal.doubt, name="system_doubt"),
    path("recalls/<int:pk>/confirm/", delivery_page.confirm_recall, name="recall_confirm"),
    path("deliveries/", delivery_page.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", delivery_page.delivery, name="delivery"),
    path("deliveries/<int:pk>/files/<int:file>/", delivery_page.file, name="delivery_file"),
]
