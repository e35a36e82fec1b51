"""Scripts behind the Makefile; the two that run before anything is installed use the standard library only."""
