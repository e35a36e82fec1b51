"""Catalogue rows: one for each chapter folder of the content."""

from __future__ import annotations

from django.db import models


class Chapter(models.Model):
    """A chapter of the curriculum; its problems point at it."""

    number = models.CharField(max_length=8)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
