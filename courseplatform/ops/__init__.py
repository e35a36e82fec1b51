"""Running a site: the supervisor, demo people, self-check and repairs."""
