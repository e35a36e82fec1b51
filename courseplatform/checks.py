"""System checks: what must be true for the site to work, each with an id and what to do."""
