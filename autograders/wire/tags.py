"""What both ends of the wire agree on beside the frame: handles, what a tag weighs, packed types."""

from __future__ import annotations

from dataclasses import dataclass

from autograders.wire.limits import WireError

ALIGNMENT = 16  # each buffer starts on a multiple of it, so that decoded arrays are aligned
PACKED_DTYPES = ("<f8", "<i8")
SPARSE_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "coo": ("data", "row", "col"),
}
# Objects that take far more memory and time than the few bytes that ask for one count as this many values.
WEIGHTS = {"a": 2, "g": 2, "h": 2, "T": 20, "S": 1_000, "P": 1_000}
COLUMN_WEIGHT = 100


@dataclass(frozen=True)
class Handle:
    """An object that stays on the sender's side and answers calls: an instance, function or generator."""

    number: int
    kind: str
    class_name: str


def short_text(value: object) -> str:
    """The value, where it is a name of sensible length; raises WireError."""
    if type(value) is not str or len(value) > 80:
        raise WireError("the frame holds a malformed name")
    return value
