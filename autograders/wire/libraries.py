"""Objects of torch, scipy and pandas as arrays and back; who has one has imported its library, so none is here."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograders.wire.limits import WireError, WireLimits
from autograders.wire.tags import SPARSE_PARTS, short_text

NAME_TYPES = (str, int, float, bool, type(None), tuple, np.generic)
# What numpy, torch, scipy and pandas raise where a part of the frame makes no sense to them.
LIBRARY_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    SystemError,
    TypeError,
    ValueError,
    Warning,
)


def tensor_array(value: Any) -> np.ndarray[Any, Any]:
    """The numbers of a torch tensor, without its history."""
    try:
        array: np.ndarray[Any, Any] = value.detach().cpu().resolve_conj().resolve_neg().numpy()
    except (RuntimeError, TypeError):
        raise WireError(
            f"a torch tensor of dtype {value.dtype} and layout {value.layout} cannot cross the wall: "
            "return a dense one of a type that numpy has, as by .to_dense().float()"
        ) from None
    return array


def make_tensor(array: Any) -> Any:
    """A tensor of these numbers where torch is at hand, else the array as it is."""
    if type(array) is not np.ndarray:
        raise WireError("the frame holds something else where an array belongs")
    torch = sys.modules.get("torch")
    if torch is None:
        return array
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def sparse_parts(value: Any) -> tuple[str, list[int], list[np.ndarray[Any, Any]]]:
    """Format, shape and arrays of a sparse matrix; one of a rarer format becomes CSR."""
    if len(value.shape) != 2:
        raise WireError("a sparse array of one dimension cannot cross the wall: return .toarray()")
    if value.format not in SPARSE_PARTS:
        value = value.tocsr()
    parts = [np.asarray(getattr(value, name)) for name in SPARSE_PARTS[value.format]]
    return value.format, [int(n) for n in value.shape], parts


def make_sparse(layout: Any, shape: list[Any], parts: list[Any], limits: WireLimits) -> Any:
    """A sparse array whose indices are all known to lie inside: compiled code will follow them unasked."""
    library = sys.modules.get("scipy.sparse")
    if library is None or short_text(layout) not in SPARSE_PARTS:
        raise WireError("a sparse matrix cannot be read here")
    if any(type(n) is not int or not 0 <= n <= limits.sparse_side for n in shape):
        raise WireError(f"a sparse matrix has a side that is not between 0 and {limits.sparse_side:,}")
    if any(type(part) is not np.ndarray or part.ndim != 1 for part in parts):
        raise WireError("a sparse matrix is not made of flat arrays")
    data, first, second = parts
    if data.dtype.kind not in "biufc" or {first.dtype.str, second.dtype.str} - {"<i4", "<i8"}:
        raise WireError("a sparse matrix holds something else than numbers")
    numbers = (data, (first, second)) if layout == "coo" else (data, first, second)
    matrix = getattr(library, f"{layout}_array")(numbers, shape=tuple(shape))
    if layout != "coo":  # which has looked at its indices itself
        matrix.check_format(full_check=True)
    return matrix


def table_parts(value: Any) -> tuple[list[Any], list[Any], Any]:
    """Names of the columns, columns and index of a pandas frame: arrays where numpy has the type, lists elsewhere."""
    series = [*(value.iloc[:, i] for i in range(value.shape[1])), value.index]
    items = [
        item.to_numpy() if isinstance(item.dtype, np.dtype) and item.dtype.kind != "O" else item.tolist()
        for item in series
    ]
    return list(value.columns), items[:-1], items[-1]


def make_table(names: Any, columns: Any, index: Any) -> Any:
    """A pandas frame of these columns, which must be as long as the index."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        raise WireError("a pandas frame cannot be read here")
    if type(names) is not list or type(columns) is not list or len(names) != len(columns):
        raise WireError("a pandas frame has another number of columns than of names")
    if not all(isinstance(name, NAME_TYPES) for name in names):
        raise WireError("a pandas frame has a column whose name is no name")
    for column in (*columns, index):
        if type(column) is not list and (type(column) is not np.ndarray or column.ndim != 1):
            raise WireError("a pandas frame has a column that is no list or flat array")
        if len(column) != len(index):
            raise WireError("a pandas frame has columns of several lengths")
    table = pandas.DataFrame(dict(enumerate(columns)), index=index)
    table.columns = names
    return table
