"""The portal's pages about systems and packages."""

from django.urls import path

from releases import portal

urlpatterns = [
    path("systems/", portal.systems, name="systems"),
    path("systems/<int:pk>/report/", portal.report, name="system_report"),
    path("systems/<int:pk>/doubt/", portal.doubt, name="system_doubt"),
]
