"""The catalogue: chapters and problems, made from the content folder."""
