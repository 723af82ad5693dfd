"""Configuration of the accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "supportdesk.accounts"
