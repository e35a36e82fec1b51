"""Byte-pair encoding: learn merge rules, encode words with them, decode tokens."""

import numpy as np


def train(words: list[str], counts: np.ndarray, merges: int) -> list[tuple[str, str]]:
    """Learn merge rules from words and how often each occurs.

    words   list of w strings; the same word may stand in it twice
    counts  int64, shape (w,): how often each occurs, 0 or more
    merges  the largest number of rules to learn

    Returns the rules in the order in which they were learned, each a pair of symbols.
    Raises ValueError if words and counts differ in length, or if a word contains "</w>".
    """
    raise NotImplementedError


def encode(word: str, rules: list[tuple[str, str]]) -> list[str]:
    """The symbols of one word after each rule was applied once, in the order of the list.

    Raises ValueError if the word contains "</w>".
    """
    raise NotImplementedError


def decode(tokens: list[str]) -> str:
    """The text of tokens: each end mark ends a word, words are parted by one space."""
    raise NotImplementedError
