"""Configuration of the releases app."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "releases"
