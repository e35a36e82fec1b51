"""Registers the app under its short label."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    """Catalogue rows made from the content folder."""

    name = "courseplatform.curriculum"
    label = "curriculum"
