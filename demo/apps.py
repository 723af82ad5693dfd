"""Configuration of the demo data: a year at an invented support desk."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
