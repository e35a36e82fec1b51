"""Checks that pass functions and an object to the solution."""

from typing import Any

import numpy as np

from autograders.judge import assert_close, assert_same, check, counted, served


@check(points=3)
def test_descends(solution: Any, rng: np.random.Generator) -> None:
    """minimise comes near the least point with as many gradients as it may take."""
    least = np.array([1.0, -2.0, 0.5])

    def gradient(x: Any) -> Any:
        return 2 * (x - least)

    slope = counted(gradient, at_most=30)
    found = solution.minimise(lambda x: float(((x - least) ** 2).sum()), slope, np.zeros(3), 30)
    assert_close(found, least, atol=1e-6)
    assert slope.calls == 30, f"30 gradients are to be taken, not {slope.calls}"


@check(points=2)
def test_lets_a_domain_error_through(solution: Any) -> None:
    """minimise raises ValueError where the gradient does."""

    def gradient(x: Any) -> Any:
        raise ValueError("the start 0.25 is outside of the hidden domain")

    try:
        solution.minimise(lambda x: 0.0, gradient, np.full(1, 0.25), 1)
    except ValueError:
        return
    raise AssertionError("ValueError is asked for here")


class Corridor:
    """Five steps to the right lead to the reward."""

    def __init__(self) -> None:
        self.place, self.steps = 0, 0

    def reset(self) -> None:
        """Go back to the start."""
        self.place = 0

    def step(self, move: int) -> tuple[float, bool]:
        """Move; gives the reward and whether this is the end."""
        assert move in (-1, 1), "a move is 1 or -1"
        self.place, self.steps = self.place + move, self.steps + 1
        return float(self.place == 5), self.place == 5


@check(points=1, hidden=True)
def test_walks(solution: Any) -> None:
    """walk reaches the end and adds the rewards."""
    corridor = Corridor()
    assert_same(solution.walk(served(corridor)), 1.0)
    assert corridor.steps == 5
