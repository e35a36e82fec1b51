"""Registers the app under its short label."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and cohorts."""

    name = "courseplatform.accounts"
    label = "accounts"
