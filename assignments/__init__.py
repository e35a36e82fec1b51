"""Problems, submissions and their grading."""
