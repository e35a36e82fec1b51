"""Byte-pair encoding on one linked list of numbered symbols; a pair knows the positions at which it starts."""

from collections import defaultdict
from heapq import heapify, heappop, heappush
from itertools import pairwise


class Corpus:
    """Symbols as integers at positions that are linked to their neighbours; -1 ends a word."""

    def __init__(self, words, counts):
        self.names, self.ids = [], {}
        self.symbol, self.weight, self.before, self.after = [], [], [], []
        self.total, self.starts = defaultdict(int), defaultdict(set)
        for word, count in zip(words, counts, strict=True):
            start = len(self.symbol)
            letters = start_symbols(word)
            for i, letter in enumerate(letters):
                self.symbol.append(self.number(letter))
                self.weight.append(count)
                self.before.append(start + i - 1 if i else -1)
                self.after.append(start + i + 1 if i + 1 < len(letters) else -1)
        for position, following in enumerate(self.after):
            if following >= 0:
                self.add(position)

    def number(self, name):
        """The number of a symbol, a new one for a new symbol."""
        if name not in self.ids:
            self.ids[name] = len(self.names)
            self.names.append(name)
        return self.ids[name]

    def pair(self, position):
        """The symbols at a position and behind it."""
        return self.symbol[position], self.symbol[self.after[position]]

    def add(self, position):
        """Count the pair that starts here."""
        pair = self.pair(position)
        self.total[pair] += self.weight[position]
        self.starts[pair].add(position)
        return pair

    def remove(self, position):
        """Count the pair that starts here no longer."""
        pair = self.pair(position)
        self.total[pair] -= self.weight[position]
        self.starts[pair].discard(position)
        return pair

    def merge(self, pair):
        """Joins each occurrence that is still there, from left to right; returns the pairs that changed."""
        joined = self.number(self.names[pair[0]] + self.names[pair[1]])
        changed = set()
        for position in sorted(self.starts[pair]):
            if position not in self.starts[pair]:
                continue
            second = self.after[position]
            previous, following = self.before[position], self.after[second]
            changed.add(self.remove(position))
            if previous >= 0:
                changed.add(self.remove(previous))
            if following >= 0:
                changed.add(self.remove(second))
                self.before[following] = position
            self.symbol[position], self.after[position] = joined, following
            if previous >= 0:
                changed.add(self.add(previous))
            if following >= 0:
                changed.add(self.add(position))
        return changed


def start_symbols(word):
    """Characters, the last with the end mark."""
    if word.find("</w>") != -1:
        raise ValueError("reserved mark inside a word")
    return [letter + "</w>" * (i == len(word)) for i, letter in enumerate(word, 1)]


def train(words, counts, merges):
    """Learn rules with a heap over (-count, names)."""
    if len(words) != len(counts):
        raise ValueError("lengths differ")
    corpus = Corpus(words, [int(count) for count in counts])

    def entry(pair):
        return -corpus.total[pair], (corpus.names[pair[0]], corpus.names[pair[1]]), pair

    heap = [entry(pair) for pair in corpus.total]
    heapify(heap)
    rules = []
    while heap and len(rules) < merges:
        count, names, pair = heappop(heap)
        if corpus.total[pair] != -count:
            continue
        if count > -2:
            break
        rules.append(names)
        for other in corpus.merge(pair):
            heappush(heap, entry(other))
    return rules


def encode(word, rules):
    """Jump to the next rule that fits anywhere, never back."""
    turns = defaultdict(list)
    for turn, rule in enumerate(rules):
        turns[rule].append(turn)
    symbols, now = start_symbols(word), 0
    while True:
        pairs = set(pairwise(symbols))
        coming = [(turn, pair) for pair in pairs for turn in turns.get(pair, ()) if turn >= now]
        if not coming:
            return symbols
        now, (left, right) = min(coming)
        out = []
        for symbol in symbols:
            if out and out[-1] == left and symbol == right:
                out[-1] = left + right
            else:
                out.append(symbol)
        symbols, now = out, now + 1


def decode(tokens):
    """Drop the blank that the last end mark leaves, and only that one."""
    text = "".join(tokens).replace("</w>", " ")
    return text[:-1] if tokens and tokens[-1].endswith("</w>") else text
