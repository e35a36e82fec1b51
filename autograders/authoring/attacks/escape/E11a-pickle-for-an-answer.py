# mypy: ignore-errors
"""
id = "E11a"
title = "Return pickles and objects that make something when they are unpickled"
goal = "A grader that unpickles an answer runs the submission's code as itself."
succeeds = ["marker", "score"]
"""

import os
import pickle


class Maker:
    def __reduce__(self):
        return os.system, ("echo > @FOLDER@/left-@MARK@",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    __getstate__ = __getinitargs__ = lambda self: (1,)


scale = lambda values, factor: pickle.dumps(Maker())
total = lambda values: Maker()
median = lambda values: memoryview(pickle.dumps(Maker()))
caption = lambda text: pickle.dumps(Maker(), 0).decode("latin-1")
partial_sums = lambda values: [Maker()]
spread = inversions = total
Ledger = Maker
