"""The portal's pages about trainings."""

from django.urls import path

from training import certificate_portal, feed, meeting_portal, past_portal, portal

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
    path("trainings/places/<int:pk>/here/", portal.check_in, name="place_check_in"),
    path("trainings/places/<int:pk>/feedback/", past_portal.feedback, name="place_feedback"),
    path("trainings/materials/<int:pk>/", past_portal.material, name="material"),
    path("trainings/readiness/<int:pk>/", past_portal.ready, name="trainings_readiness"),
    path("trainings/<int:pk>/meeting/", meeting_portal.meeting, name="meeting"),
    path(
        "trainings/<int:pk>/meeting/topics/", meeting_portal.contribute, name="meeting_contribute"
    ),
    path("trainings/<int:pk>/meeting/votes/", meeting_portal.vote, name="meeting_vote"),
    path("trainings/topics/<int:pk>/submit/", meeting_portal.submit, name="meeting_submit"),
    path("trainings/history/", past_portal.history, name="trainings_history"),
    path(
        "trainings/certificates/<int:pk>/",
        certificate_portal.file,
        name="certificate_file",
    ),
    path("certificates/", certificate_portal.verify, name="certificate_check"),
    path("certificates/<str:code>/", certificate_portal.verify, name="certificate"),
]
