"""Byte-pair encoding by searching strings whose symbols are parted by a control character."""

import heapq
from collections import Counter, defaultdict
from itertools import pairwise

CUT = "\0"


def opened(word):
    """The word as one string, a separator around each symbol."""
    if "</w>" in word:
        raise ValueError("word holds </w>")
    return CUT + CUT.join(word) + "</w>" + CUT if word else CUT


def joined(text, left, right):
    """Every occurrence of the pair, left to right; the separator between two occurrences is shared."""
    old, new = CUT + left + CUT + right + CUT, CUT + left + right + CUT
    pieces, start = [], 0
    while (found := text.find(old, start)) >= 0:
        pieces.append(text[start:found] + new[:-1])
        start = found + len(old) - 1
    return "".join(pieces) + text[start:]


def neighbours(text):
    """The pairs of neighbouring symbols."""
    symbols = text.split(CUT)[1:-1]
    return list(pairwise(symbols))


def train(words, counts, merges):
    """Learn rules; words are strings throughout."""
    if len(words) != len(counts):
        raise ValueError("words and counts differ in length")
    sums = defaultdict(int)
    for word, count in zip(words, counts.tolist(), strict=True):
        sums[word] += count
    texts, counts = [opened(word) for word in sums], list(sums.values())
    total, holders = defaultdict(int), defaultdict(set)
    for i, text in enumerate(texts):
        for pair in neighbours(text):
            total[pair] += counts[i]
            holders[pair].add(i)
    heap = [(-total[pair], pair) for pair in total]
    heapq.heapify(heap)
    rules = []
    while len(rules) < merges and heap:
        count, best = heapq.heappop(heap)
        if -count != total[best]:
            continue
        if count > -2:
            return rules
        rules.append(best)
        for i in holders.pop(best):
            before, texts[i] = Counter(neighbours(texts[i])), joined(texts[i], *best)
            after = Counter(neighbours(texts[i]))
            for pair in before.keys() | after.keys():
                if before[pair] != after[pair]:
                    total[pair] += (after[pair] - before[pair]) * counts[i]
                    holders[pair].add(i)
                    heapq.heappush(heap, (-total[pair], pair))
    return rules


def encode(word, rules):
    """Apply the rules to the string."""
    text = opened(word)
    for left, right in rules:
        text = joined(text, left, right)
    return text.split(CUT)[1:-1]


def decode(tokens):
    """Cut at the end marks."""
    *words, rest = "".join(tokens).split("</w>")
    return " ".join([*words, rest] if rest else words)
