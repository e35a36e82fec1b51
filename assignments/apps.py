"""Registers the app."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """Problems, submissions and their grading."""

    name = "assignments"
