"""People: users, roles and cohorts."""
