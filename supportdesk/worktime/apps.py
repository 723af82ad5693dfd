"""Configuration of the worktime room."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "supportdesk.worktime"
