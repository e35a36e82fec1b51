"""Hands in many different right solutions through the door, as a process of its own.

python -m tests.processes.hand_in COUNT [--bulk] [--first NUMBER] [--seconds S]
"""

from __future__ import annotations

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseplatform.settings")
django.setup()


def main(count: int, first: int, seconds: float, bulk: bool) -> None:
    """Every text is another one, so that none is taken for a second click; each call takes so many seconds."""
    from assignments import queueing
    from assignments.models import GradingRun, Problem
    from assignments.submissions import accept
    from courseplatform.accounts.models import User

    problem = Problem.objects.select_related("current").get(slug="double")
    for number in range(first, first + count):
        learner, _ = User.objects.get_or_create(username=f"learner{number % 10}")
        source = f"import time\ndef double(x):\n    time.sleep({seconds})\n    return 2 * x  # {number}\n"
        made = accept(learner, problem, source=source, upload=None, kind="graded", request_key=f"request-{number}")
        if bulk:
            GradingRun.objects.filter(submission=made).update(lane="bulk")
            queueing.send(GradingRun.objects.get(submission=made))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--bulk", action="store_true")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    main(**vars(parser.parse_args()))
