"""Runs inside the jail beside the learner's code; it knows the wire and nothing of any grader."""
