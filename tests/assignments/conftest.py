"""The people and problems of the site's tests."""

from tests.people import ada, bob, charlie, cohort, content, double, own_var, problem, root

__all__ = ["ada", "bob", "charlie", "cohort", "content", "double", "own_var", "problem", "root"]
