"""`service` and `faults`: the learner's application under open-loop load, beside the reference's."""
