"""The table of misconceptions: what is named, what is not, and what a learner reads."""
