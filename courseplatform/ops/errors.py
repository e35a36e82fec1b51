"""What stops a command: one sentence for the person who typed it."""


class OpsError(Exception):
    """The text says what is wrong and what to do."""
