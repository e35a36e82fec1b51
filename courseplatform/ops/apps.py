"""Registers the app, and with it the site's system checks."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Commands and checks for the people who run a site."""

    name = "courseplatform.ops"
    label = "ops"

    def ready(self) -> None:
        """System checks register themselves on import."""
        from courseplatform import checks  # noqa: F401
