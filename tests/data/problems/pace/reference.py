"""A checksum, value by value."""


def checksum(values: list[int]) -> int:
    """The checksum of the values."""
    state = 1
    for value in values:
        state = (state * 31 + value) % 1_000_003
    return state
