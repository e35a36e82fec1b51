"""Against a grader without a wall the attacks succeed: neither they nor their conditions are straw.

Only classes that do no harm are fired there: never ESCAPE, never DOS.
"""

from __future__ import annotations

import pytest

from autograders.authoring.corpus import Attack, load_corpus
from autograders.authoring.firing import AttackResult, fire, target
from autograders.sandbox import Sandbox
from tests.autograders.authoring.support import grade_without_a_wall

HARMLESS = ("FORGE", "LEAK", "CHEAT")
GOOD_SHARE = 0.6


def one_of_each(kind: str) -> list[Attack]:
    """One variant of each threat of a class, the one with the fewest runs: this takes long enough."""
    chosen: dict[str, Attack] = {}
    for attack in sorted(load_corpus(), key=lambda attack: (attack.stops, len(attack.variants), attack.id)):
        if attack.kind == kind:
            chosen.setdefault(attack.threat, attack)
    return sorted(chosen.values(), key=lambda attack: attack.id)


@pytest.mark.timeout(280)
@pytest.mark.parametrize("kind", HARMLESS)
def test_without_a_wall_a_good_share_succeeds(kind: str, sandbox: Sandbox) -> None:
    attacks = one_of_each(kind)
    results: list[AttackResult] = list(fire(target(), sandbox, attacks, grade_without_a_wall))
    assert [result.id for result in results] == [attack.id for attack in attacks]
    won = [result for result in results if result.succeeded]
    assert len(won) >= GOOD_SHARE * len(results), [f"{r.id}: {r.evidence}" for r in results if not r.succeeded]
    assert all(result.evidence for result in results)
