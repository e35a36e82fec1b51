def checksum(values):
    """The checksum of the values."""
    raise NotImplementedError
