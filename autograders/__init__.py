"""The grading engine: grades a submission against a problem folder, behind a wall."""
