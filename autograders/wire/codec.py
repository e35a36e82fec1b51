"""Values <-> frames, for a closed list of types.

In the header a value stands as itself (None, bool, int, float, str, bytes) or as a list whose
first item is a one-letter tag:

    l t s f   list, tuple, set, frozenset: [tag, items]        d  dict: [tag, [key, value, ...]]
    c         complex: [tag, real, imaginary]                  I  big integer: [tag, hexadecimal]
    B U       long bytes or text in the body: [tag, bytes]     L  list of one float or int type: [tag, dtype, n]
    a g       numpy array, scalar: [tag, dtype, shape, order]  T  torch tensor: [tag, array]
    S         sparse matrix: [tag, format, shape, arrays]      P  pandas frame: [tag, columns, arrays, index]
    h         handle on an object that stays behind: [tag, number, kind, class name]

Decoding makes plain copies: no class of the sender's survives the crossing.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import msgpack
import numpy as np

from autograders.wire.frames import Frame
from autograders.wire.limits import DEFAULT, WireError, WireLimits

ARRAY_KINDS = "biufcSUMm"
# Arrays cross in little-endian byte order; numpy's own reader of dtypes takes far more than this.
DTYPE = re.compile(
    r"\|b1|\|[iu]1|<[iu][248]|<f(2|4|8|16)|<c(8|16|32)|\|S\d{1,9}|<U\d{1,8}|<[Mm]8(\[\d{0,4}[A-Za-z]{1,2}\])?"
)
INLINE_BYTES = 1_024
ALIGNMENT = 16  # each buffer starts on a multiple of it, so that decoded arrays are aligned
PACKED_LENGTH = 16
SAME_HASH = 8
SEQUENCES: dict[str, Callable[[Iterable[Any]], Any]] = {"l": list, "t": tuple, "s": set, "f": frozenset}
# Everyday containers of the standard library, and the plain one that each crosses the wall as.
PLAIN_FORMS: dict[type, Callable[[Any], Any]] = {
    OrderedDict: dict,
    defaultdict: dict,
    Counter: dict,
    deque: list,
    range: list,
    bytearray: bytes,
}
SPARSE_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "coo": ("data", "row", "col"),
}


@dataclass(frozen=True)
class Handle:
    """An object that stays on the sender's side and answers calls: an instance, function or generator."""

    number: int
    kind: str
    class_name: str


def encode(value: Any, limits: WireLimits = DEFAULT, keep: Callable[[Any], Handle] | None = None) -> Frame:
    """Encode a value; `keep` is asked for a handle on an object of no listed type.

    Raises WireError naming the type or bound that stands in the way.
    """
    encoder = _Encoder(limits, keep)
    tree = encoder.tree(value, 0)
    header = cast(bytes, msgpack.packb(tree, use_bin_type=True))
    if len(header) > limits.header_bytes:
        raise WireError(
            f"the value has {len(header):,} bytes of structure, more than the {limits.header_bytes:,} allowed"
        )
    return Frame(header, encoder.body)


def decode(frame: Frame, limits: WireLimits = DEFAULT, *, views: bool = False) -> Any:
    """Decode a frame made by anybody; raises WireError on whatever breaks a rule or bound.

    With `views`, long bytes are views of the frame, for one who only passes them on.
    """
    if len(frame.header) > limits.header_bytes or frame.body_bytes > limits.body_bytes:
        raise WireError("the frame is larger than the wire allows")
    body = frame.body[0] if len(frame.body) == 1 else b"".join(frame.body)
    try:
        tree = msgpack.unpackb(
            frame.header, raw=False, use_list=True, max_map_len=0, max_ext_len=0, max_array_len=limits.values + 2
        )
    except (ValueError, msgpack.exceptions.UnpackException) as error:
        raise WireError(f"the frame's header is not readable: {type(error).__name__}") from None
    decoder = _Decoder(limits, memoryview(body), views)
    value = decoder.value(tree, 0)
    if decoder.used != len(decoder.body):
        raise WireError("the frame carries data that nothing refers to")
    return value


class _Encoder:
    def __init__(self, limits: WireLimits, keep: Callable[[Any], Handle] | None) -> None:
        self.limits, self.keep = limits, keep
        self.body: list[bytes | bytearray | memoryview] = []
        self.body_bytes = 0
        self.values = 0

    def tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return self.integer(value)
        if kind is str or kind is bytes:
            return self.string(value)
        if kind is bytearray or kind is memoryview:
            self.add(value)
            return ["B", len(value)]
        if depth >= self.limits.depth:
            raise WireError(f"the value is nested more than {self.limits.depth} levels deep")
        if kind in PLAIN_FORMS:
            return self.tree(PLAIN_FORMS[kind](value), depth)
        if kind in (list, tuple, set, frozenset):
            return self.sequence(value, kind, depth)
        if kind is dict:
            self.count(2 * len(value))
            return ["d", [self.tree(item, depth + 1) for pair in value.items() for item in pair]]
        if kind is complex:
            return ["c", value.real, value.imag]
        return self.other(value, depth)

    def count(self, n: int) -> None:
        self.values += n
        if self.values > self.limits.values:
            raise WireError(f"the value holds more than {self.limits.values:,} items; return an array instead")

    def integer(self, value: int) -> Any:
        if -(2**63) <= value < 2**64:
            return value
        if value.bit_length() > self.limits.integer_bits:
            raise WireError(f"an integer has more than {self.limits.integer_bits:,} bits")
        return ["I", f"{value:x}"]

    def string(self, value: str | bytes) -> Any:
        if len(value) <= INLINE_BYTES:
            if isinstance(value, str) and not value.isascii():
                _utf8(value)
            return value
        data = _utf8(value) if isinstance(value, str) else value
        self.add(data)
        return ["U" if isinstance(value, str) else "B", len(data)]

    def add(self, data: bytes | bytearray | memoryview) -> None:
        self.body_bytes += memoryview(data).nbytes
        if self.body_bytes > self.limits.body_bytes:
            raise WireError(f"the value has more than the {self.limits.body_bytes:,} bytes of data allowed")
        self.body.append(data)
        if padding := -memoryview(data).nbytes % ALIGNMENT:
            self.body.append(bytes(padding))
            self.body_bytes += padding

    def sequence(self, value: Any, kind: type, depth: int) -> Any:
        if kind is list and len(value) >= PACKED_LENGTH and (packed := self.packed(value)):
            return packed
        self.count(len(value))
        tag = {"list": "l", "tuple": "t", "set": "s", "frozenset": "f"}[kind.__name__]
        return [tag, [self.tree(item, depth + 1) for item in value]]

    def packed(self, value: list[Any]) -> Any:
        kinds = set(map(type, value))
        if kinds == {float}:
            dtype = "<f8"
        elif kinds == {int} and max(value) < 2**63 and min(value) >= -(2**63):
            dtype = "<i8"
        else:
            return None
        self.count(len(value))
        self.add(np.array(value, dtype).tobytes())
        return ["L", dtype, len(value)]

    def other(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.ndarray):
            return self.array(np.asarray(value))
        if isinstance(value, np.generic):
            return ["g", *self.array(np.asarray(value))[1:]]
        package = type(value).__module__.partition(".")[0]
        if package == "torch" and type(value).__name__ in ("Tensor", "Parameter"):
            return ["T", self.array(value.detach().cpu().resolve_conj().resolve_neg().numpy())]
        if package == "scipy" and getattr(value, "format", "") in SPARSE_PARTS:
            parts = [self.array(np.asarray(getattr(value, name))) for name in SPARSE_PARTS[value.format]]
            return ["S", value.format, [int(n) for n in value.shape], parts]
        if package == "pandas" and type(value).__name__ == "DataFrame":
            return self.frame(value, depth)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self.sequence(tuple(value), tuple, depth)
        if self.keep is None:
            raise WireError(f"a value of type {type(value).__name__} cannot cross the wall")
        handle = self.keep(value)
        return ["h", handle.number, handle.kind, handle.class_name]

    def frame(self, value: Any, depth: int) -> Any:
        columns = [self.tree(name, depth + 1) for name in value.columns]
        series = [*(value.iloc[:, i] for i in range(value.shape[1])), value.index]
        items = [item.tolist() if item.dtype.kind not in ARRAY_KINDS else item.to_numpy() for item in series]
        trees = [self.tree(item, depth + 1) for item in items]
        return ["P", columns, trees[:-1], trees[-1]]

    def array(self, value: np.ndarray[Any, Any]) -> Any:
        if value.dtype.kind not in ARRAY_KINDS:
            raise WireError(f"an array of dtype {value.dtype} cannot cross the wall")
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        little = value.astype(value.dtype.newbyteorder("<"), copy=False)
        if value.nbytes:
            # A contiguous array is sent from where it lies; anything else is copied once.
            flat = np.ravel(little, order="K" if order == "F" else "C")
            self.add(flat.view(np.uint8).data)
        return ["a", little.dtype.str, list(value.shape), order]


def _utf8(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise WireError("a text holds lone surrogates, which are not Unicode") from None


class _Decoder:
    def __init__(self, limits: WireLimits, body: memoryview, views: bool) -> None:
        self.limits, self.body, self.views = limits, body.cast("B"), views
        self.used = 0
        self.values = 0

    def value(self, tree: Any, depth: int) -> Any:
        if not isinstance(tree, list):
            return tree
        if depth > self.limits.depth:
            raise WireError(f"the value is nested more than {self.limits.depth} levels deep")
        if not tree or not isinstance(tree[0], str):
            raise WireError("the frame holds a list without a tag")
        method = self.METHODS.get(tree[0])
        if method is None:
            raise WireError(f"the frame holds an unknown tag {tree[0][:8]!r}")
        try:
            return method(self, depth, *tree)
        except WireError:
            raise
        except (TypeError, ValueError, OverflowError, AttributeError, LookupError, SyntaxError, MemoryError) as error:
            # What numpy, scipy and pandas raise where a part of the frame makes no sense.
            raise WireError(f"the frame holds a malformed {tree[0]!r}: {type(error).__name__}") from None

    def take(self, size: Any) -> memoryview:
        if type(size) is not int or size < 0 or size > len(self.body) - self.used:
            raise WireError("the frame refers to more data than it carries")
        start, self.used = self.used, min(len(self.body), self.used + size + -size % ALIGNMENT)
        return self.body[start : start + size]

    def items(self, trees: Any, depth: int) -> list[Any]:
        if not isinstance(trees, list):
            raise WireError("the frame holds a sequence without items")
        self.values += len(trees)
        if self.values > self.limits.values:
            raise WireError(f"the value holds more than {self.limits.values:,} items")
        return [self.value(item, depth + 1) if type(item) is list else item for item in trees]

    def sequence(self, depth: int, tag: str, trees: Any) -> Any:
        items = self.items(trees, depth)
        return SEQUENCES[tag](items if tag in "lt" else self.distinct(items))

    def distinct(self, items: list[Any]) -> list[Any]:
        """Members of a set or keys of a dictionary; refuses many of one hash, which cost the square of their number."""
        if len(set(map(hash, items))) < len(items) // SAME_HASH:
            raise WireError("a set or dictionary holds too many items of the same hash")
        return items

    def mapping(self, depth: int, tag: str, trees: Any) -> dict[Any, Any]:
        items = self.items(trees, depth)
        return dict(zip(self.distinct(items[::2]), items[1::2], strict=True))

    def complex_number(self, depth: int, tag: str, real: Any, imaginary: Any) -> complex:
        if type(real) is not float or type(imaginary) is not float:
            raise WireError("the frame holds a complex number without two floats")
        return complex(real, imaginary)

    def big_integer(self, depth: int, tag: str, text: Any) -> int:
        if len(text) > self.limits.integer_bits // 4 + 2:
            raise WireError(f"an integer has more than {self.limits.integer_bits:,} bits")
        return int(text, 16)

    def long_bytes(self, depth: int, tag: str, size: Any) -> bytes | memoryview:
        data = self.take(size)
        return data if self.views else bytes(data)

    def long_text(self, depth: int, tag: str, size: Any) -> str:
        return str(self.take(size), "utf-8")

    def packed_list(self, depth: int, tag: str, dtype: Any, length: Any) -> list[Any]:
        if dtype not in ("<f8", "<i8"):
            raise WireError("the frame holds a packed list of an unknown type")
        self.values += length
        if self.values > self.limits.values:
            raise WireError(f"the value holds more than {self.limits.values:,} items")
        values: list[Any] = np.frombuffer(self.take(8 * length), dtype).tolist()
        return values

    def array(self, depth: int, tag: str, dtype: Any, shape: Any, order: Any) -> np.ndarray[Any, Any]:
        if not DTYPE.fullmatch(_short_text(dtype)):
            raise WireError(f"an array of dtype {dtype!r} cannot cross the wall")
        kind = np.dtype(dtype)
        if len(shape) > self.limits.dimensions or any(type(n) is not int or n < 0 for n in shape):
            raise WireError("an array has a malformed shape")
        if order not in ("C", "F"):
            raise WireError("an array has an unknown memory order")
        count = math.prod(shape)
        if kind.itemsize == 0 and count > self.limits.values:
            raise WireError(f"an array holds more than {self.limits.values:,} empty texts")
        data = self.take(count * kind.itemsize)
        return np.ndarray(tuple(shape), kind, data if len(data) else bytearray(), order=order)

    def scalar(self, depth: int, tag: str, dtype: Any, shape: Any, order: Any) -> Any:
        if shape != []:
            raise WireError("a numpy scalar has a shape")
        return self.array(depth, tag, dtype, shape, order)[()]

    def nested_array(self, tree: Any, depth: int) -> np.ndarray[Any, Any]:
        value = self.value(tree, depth + 1)
        if not isinstance(value, np.ndarray):
            raise WireError("the frame holds something else where an array belongs")
        return value

    def tensor(self, depth: int, tag: str, tree: Any) -> Any:
        array = self.nested_array(tree, depth)
        torch = sys.modules.get("torch")
        return array if torch is None else torch.from_numpy(array)

    def sparse(self, depth: int, tag: str, layout: Any, shape: Any, trees: Any) -> Any:
        library = sys.modules.get("scipy.sparse")
        if library is None or layout not in SPARSE_PARTS or len(trees) != 3 or len(shape) != 2:
            raise WireError("a sparse matrix cannot be read here")
        data, first, second = (self.nested_array(tree, depth) for tree in trees)
        parts = (data, (first, second)) if layout == "coo" else (data, first, second)
        matrix = getattr(library, f"{layout}_array")(parts, shape=tuple(shape))
        if layout != "coo":
            matrix.check_format(full_check=True)
        return matrix

    def frame(self, depth: int, tag: str, columns: Any, trees: Any, index: Any) -> Any:
        pandas = sys.modules.get("pandas")
        if pandas is None:
            raise WireError("a pandas frame cannot be read here")
        names, values = self.items(columns, depth), self.items(trees, depth)
        if len(names) != len(values):
            raise WireError("a pandas frame has another number of columns than of names")
        rows = self.value(index, depth + 1)
        table = pandas.DataFrame(dict(enumerate(values)), index=rows)
        table.columns = names
        return table

    def handle(self, depth: int, tag: str, number: Any, kind: Any, class_name: Any) -> Handle:
        if type(number) is not int or kind not in ("object", "function", "generator"):
            raise WireError("the frame holds a malformed handle")
        return Handle(number, kind, _short_text(class_name))

    METHODS: dict[str, Callable[..., Any]] = {
        "l": sequence,
        "t": sequence,
        "s": sequence,
        "f": sequence,
        "d": mapping,
        "c": complex_number,
        "I": big_integer,
        "B": long_bytes,
        "U": long_text,
        "L": packed_list,
        "a": array,
        "g": scalar,
        "T": tensor,
        "S": sparse,
        "P": frame,
        "h": handle,
    }


def _short_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80:
        raise WireError("the frame holds a malformed name")
    return value
