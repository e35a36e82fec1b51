# mypy: ignore-errors
"""
id = "E11c"
title = "Upload a pickle, a numpy file of objects and a model file"
goal = "A reader of data files runs what they hold."
succeeds = ["taken", "marker"]
form = "upload"
"""

import os
import pickle


class Maker:
    def __init__(self, folder, mark):
        self.target = f"{folder}/left-{mark}"

    def __reduce__(self):
        return os.system, (f"echo > {self.target}",)


def build(mark, folder):
    return "solution.pkl", pickle.dumps(Maker(folder, mark))
