def fit(X, y):
    """A model of the rows with its method predict."""
    raise NotImplementedError
