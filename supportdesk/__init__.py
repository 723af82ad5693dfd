"""The ground every app stands on. It imports no app; it finds them by Django's own conventions."""

from supportdesk.celery import app as celery_app

__all__ = ["celery_app"]
