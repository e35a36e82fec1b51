"""The pages. A view asks `access`, `submissions`, `scoring` and `queueing`; it spells no rule of its own."""
