"""The reference of the range; the text below must never be seen outside the grader's walls."""

from collections.abc import Iterator
from typing import Any

import numpy as np

NEVER_SHOWN = "@CANARY-reference@"
Array = np.ndarray[Any, Any]


def scale(values: Array, factor: float) -> Array:
    return values * factor


def total(values: list[float]) -> float:
    if not values:
        raise ValueError("there is nothing to add")
    return float(sum(values))


def median(values: Array) -> float:
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def caption(text: str) -> str:
    return text.upper().replace(" ", "-")


class Ledger:
    def __init__(self, start: int) -> None:
        self.balance = start

    def add(self, n: int) -> int:
        self.balance += n
        return self.balance


def partial_sums(values: list[int]) -> Iterator[int]:
    running = 0
    for value in values:
        running += value
        yield running


def spread(points: Array) -> float:
    found = 0.0
    for i in range(len(points) - 1):
        away = points[i + 1 :] - points[i]
        found += float(np.sqrt((away * away).sum(axis=1)).sum())
    return found


def inversions(values: Array) -> int:
    return _sort_and_count(values.tolist())[1]


def _sort_and_count(items: list[float]) -> tuple[list[float], int]:
    if len(items) < 2:
        return items, 0
    left, in_left = _sort_and_count(items[: len(items) // 2])
    right, in_right = _sort_and_count(items[len(items) // 2 :])
    merged, count, i = [], in_left + in_right, 0
    for item in right:
        while i < len(left) and left[i] <= item:
            merged.append(left[i])
            i += 1
        count += len(left) - i
        merged.append(item)
    return merged + left[i:], count
