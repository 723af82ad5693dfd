"""The portal's pages about trainings."""

from django.urls import path

from training import feed, portal

urlpatterns = [
    path("trainings/", portal.trainings, name="trainings"),
    path("trainings/mine/", portal.mine, name="trainings_mine"),
    path("trainings/mine/calendar/", portal.open_feed, name="trainings_feed_open"),
    path("trainings/feed/<str:secret>/trainings.ics", feed.feed, name="trainings_feed"),
    path("trainings/courses/<int:pk>/", portal.course, name="course"),
    path("trainings/<int:pk>/", portal.session, name="training_session"),
    path("trainings/<int:pk>/book/", portal.book, name="training_book"),
    path("trainings/places/<int:pk>/cancel/", portal.cancel, name="place_cancel"),
    path("trainings/places/<int:pk>/accept/", portal.accept, name="place_accept"),
    path("trainings/places/<int:pk>/refuse/", portal.refuse, name="place_refuse"),
]
