"""Static rules: what can be said of a submission before a sandbox is spent on it."""

from autograders.rules.source import Finding, review

__all__ = ["Finding", "review"]
