"""The Django project: wiring, and the site-wide face."""
