"""Byte-pair encoding that changes only the counts next to each merge, over a dictionary of distinct words."""

import heapq
from itertools import pairwise


def split(word):
    """Characters, the last with the end mark."""
    if "</w>" in word:
        raise ValueError("the end mark is reserved")
    letters = list(word)
    if letters:
        letters[-1] += "</w>"
    return letters


def train(words, counts, merges):
    """Learn rules; each word is a list that is changed in place."""
    if len(words) != len(counts):
        raise ValueError("one count for each word, please")
    frequency = {}
    for word, count in zip(words, counts, strict=True):
        frequency[word] = frequency.get(word, 0) + count
    segments = {word: split(word) for word in frequency}
    table, holders = {}, {}
    for word, symbols in segments.items():
        for pair in pairwise(symbols):
            table[pair] = table.get(pair, 0) + frequency[word]
            holders.setdefault(pair, {})[word] = None
    queue = [(-count, pair) for pair, count in table.items() if count >= 2]
    heapq.heapify(queue)
    learned = []
    while len(learned) < merges and queue:
        negative, pair = heapq.heappop(queue)
        if table.get(pair, 0) != -negative:
            continue
        learned.append(pair)
        touched = set()
        for word in holders.pop(pair, ()):
            replace(segments[word], pair, frequency[word], table, touched, holders, word)
        for other in touched:
            if table[other] >= 2:
                heapq.heappush(queue, (-table[other], other))
    return learned


def replace(symbols, pair, count, table, touched, holders, word):
    """Merges inside the list, and keeps the books of the two neighbours as it goes."""

    def book(other, amount):
        table[other] = table.get(other, 0) + amount
        touched.add(other)
        if amount > 0:
            holders.setdefault(other, {})[word] = None

    left, right = pair
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == left and symbols[i + 1] == right:
            if i > 0:
                book((symbols[i - 1], left), -count)
            if i + 2 < len(symbols):
                book((right, symbols[i + 2]), -count)
            book(pair, -count)
            symbols[i : i + 2] = [left + right]
            if i > 0:
                book((symbols[i - 1], symbols[i]), count)
            if i + 1 < len(symbols):
                book((symbols[i], symbols[i + 1]), count)
        i += 1


def encode(word, rules):
    """Apply each rule inside the list."""
    symbols = split(word)
    for left, right in rules:
        i = 0
        while i + 1 < len(symbols):
            if (symbols[i], symbols[i + 1]) == (left, right):
                symbols[i : i + 2] = [left + right]
            i += 1
    return symbols


def decode(tokens):
    """Collect tokens until an end mark."""
    words, word = [], ""
    for token in tokens:
        if token.endswith("</w>"):
            words.append(word + token[:-4])
            word = ""
        else:
            word += token
    return " ".join(words + [word] * bool(word))
