"""Arrays as they cross the wall: plain dtypes, little-endian, and contents that are what numpy takes them for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from autograders.wire.limits import WireError, WireLimits
from autograders.wire.tags import short_text

# numpy's own reader of dtypes takes far more than this.
DTYPE = re.compile(
    r"\|b1|\|[iu]1|<[iu][248]|<f[248]|<c(8|16)|\|S\d{1,7}|<U\d{1,6}"
    r"|<m8|<[Mm]8\[([1-9]\d{0,3})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\]"
)
INSTEAD = {
    "O": "return an array of one numeric type, or a list",
    "V": "return one plain array for each field",
    "T": "use .astype('U') first",
    "M": "give it a unit, as in datetime64[s]",
    "f": "use .astype('float64') first",
    "c": "use .astype('complex128') first",
}
TEXT_STEP = 1 << 20


def plain_array(value: np.ndarray[Any, Any], limits: WireLimits) -> tuple[np.ndarray[Any, Any], str, str]:
    """The array in a form that can cross, its dtype and memory order; raises WireError with advice where it cannot."""
    if type(value) is not np.ndarray:
        if isinstance(value, np.ma.MaskedArray):
            raise WireError("a masked array cannot cross the wall: return .filled(...), or the data and the mask")
        value = np.asarray(value)
    kind, name = _little_endian(value.dtype, limits.item_bytes)
    if kind != value.dtype:
        value = value.astype(kind)
    if not value.flags.forc:
        value = value.copy("C")
    if kind.kind == "b" and value.size and value.view(np.uint8).max() > 1:
        value = value.view(np.uint8) != 0
    return value, name, "C" if value.flags.c_contiguous else "F"


@lru_cache(256)
def _little_endian(kind: np.dtype[Any], item_bytes: int) -> tuple[np.dtype[Any], str]:
    # A kind that cannot cross may not know what a byte order is.
    little = kind if kind.kind in "VOT" else kind.newbyteorder("<")
    if not DTYPE.fullmatch(little.str):
        advice = INSTEAD.get(kind.kind, "return another type")
        raise WireError(f"an array of dtype {str(kind)[:80]} cannot cross the wall: {advice}")
    if kind.itemsize > item_bytes:
        raise WireError(f"an array holds texts of more than {item_bytes:,} bytes: return a list of them")
    return little, little.str


def array_bytes(value: np.ndarray[Any, Any]) -> memoryview:
    """The bytes of a plain array that is not empty, in its own memory order and without a copy."""
    data = value.ravel("K").view(np.uint8).data
    check_content(value.dtype, data)
    return data


@lru_cache(256)
def checked_dtype(text: str, item_bytes: int) -> np.dtype[Any]:
    """The dtype of that name; raises WireError for one that may not cross."""
    if not DTYPE.fullmatch(short_text(text)):
        raise WireError(f"an array of dtype {text!r} cannot cross the wall")
    kind: np.dtype[Any] = np.dtype(text)
    if kind.itemsize > item_bytes:
        raise WireError(f"an array holds texts of more than {item_bytes:,} bytes")
    return kind


def checked_shape(shape: list[Any], kind: np.dtype[Any], limits: WireLimits) -> int:
    """The number of items of an array of that shape; raises WireError for what could not be an array here.

    An empty array may not be long in another direction: adding it up along the empty one would make that many.
    """
    if len(shape) > limits.dimensions:
        raise WireError(f"an array has more than {limits.dimensions} dimensions")
    count, room = 1, kind.itemsize or 1
    for side in shape:
        if type(side) is not int or side < 0:
            raise WireError("an array has a malformed shape")
        count *= side
        room *= side or 1
    if room > limits.body_bytes:
        raise WireError(f"an array is larger than the {limits.body_bytes:,} bytes allowed")
    if kind.itemsize == 0:
        limits.check_values(count)
    return count


def check_content(kind: np.dtype[Any], data: memoryview) -> None:
    """Raise WireError for bytes that no array of that dtype holds.

    numpy trusts them: it counts a truth of 255 as 255, and raises SystemError on a letter beyond Unicode.
    """
    if kind.kind not in "bU":
        return
    if kind.kind == "b" and len(data) and np.frombuffer(data, np.uint8).max() > 1:
        raise WireError("an array of truth values holds something else")
    if kind.kind == "U":
        for start in range(0, len(data), TEXT_STEP):
            try:
                str(data[start : start + TEXT_STEP], "utf-32-le")
            except UnicodeDecodeError:
                raise WireError("an array of texts holds something that is not Unicode") from None
