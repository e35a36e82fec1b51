# mypy: ignore-errors
"""
id = "E09a"
title = "A notebook of a hundred thousand cells"
goal = "A general reader of notebooks takes it all into memory."
succeeds = ["taken", "late", "memory"]
form = "upload"
most_mb = 128
"""

import json


def build(mark, folder):
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell] * 100_000}
    return "work.ipynb", json.dumps(book).encode()
