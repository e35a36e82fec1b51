"""What authors need before a problem is released: the attack corpus and what fires it."""
