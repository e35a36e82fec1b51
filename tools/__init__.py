"""Scripts behind the Makefile. `bootstrap.py` runs before anything is installed; the others run in what it made."""
