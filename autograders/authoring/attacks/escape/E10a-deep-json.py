# mypy: ignore-errors
"""
id = "E10a"
title = "A notebook that is nested a hundred thousand levels deep"
goal = "The reader's stack runs out."
succeeds = ["taken", "late"]
form = "upload"
"""


def build(mark, folder):
    deep = b"[" * 100_000 + b"]" * 100_000
    return "work.ipynb", b'{"nbformat": 4, "metadata": ' + deep + b', "cells": []}'
