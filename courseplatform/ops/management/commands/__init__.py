"""Management commands: what the people who run a site type."""
