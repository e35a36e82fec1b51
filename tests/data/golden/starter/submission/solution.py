def total(values):
    """The sum of the values; ValueError where there are none."""
    raise NotImplementedError


def scale(values, factor):
    """The values times the factor."""
    raise NotImplementedError


class Counter:
    """Counts up from a start."""

    def __init__(self, start):
        raise NotImplementedError


def countdown(n):
    """Yields n, n - 1, ... 1."""
    raise NotImplementedError
