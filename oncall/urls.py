"""Addresses that a secret opens."""

from django.urls import path

from oncall import portal

urlpatterns = [
    path("duties/<str:secret>.ics", portal.feed, name="duty_feed"),
    path("reachable/<str:token>/", portal.reachable, name="duty_reachable"),
    path("beats/<str:secret>", portal.beat, name="heartbeat_report"),
    path("health/pages", portal.health, name="health_pages"),
    path("take/<str:token>/", portal.take, name="page_take"),
]
