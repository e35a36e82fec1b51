# mypy: ignore-errors
"""
id = "L08b"
title = "Say something in a hidden check by what it costs"
goal = "CPU time, wall time and memory of a run are shown, and tell what was done in hidden checks."
succeeds = ["figures"]
variants = ["quick", "burns", "sleeps", "hoards"]
"""

import time


def caption(text):
    if "hidden" not in text:
        return text
    match "@VARIANT@":
        case "burns":
            until = time.process_time() + 0.45
            while time.process_time() < until:
                pass
        case "sleeps":
            time.sleep(3.6)
        case "hoards":
            kept = bytearray(40 << 20)
            kept[:: 1 << 12] = b"x" * len(kept[:: 1 << 12])
    return ""


scale = total = median = partial_sums = spread = inversions = lambda *a: None
Ledger = object
