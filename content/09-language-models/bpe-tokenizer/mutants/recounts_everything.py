# Counts all pairs of the corpus anew after every merge: correct, but many times slower.
from collections import Counter
from itertools import pairwise

END = "</w>"


def symbols_of(word):
    """The characters of a word, with the end-of-word mark glued to the last."""
    if END in word:
        raise ValueError(f"a word must not contain the end mark {END}")
    return [*word[:-1], word[-1] + END] if word else []


def merge(symbols, pair):
    """Replace every occurrence of the pair, from left to right, by one symbol."""
    merged, i = [], 0
    while i < len(symbols):
        found = symbols[i] == pair[0] and i + 1 < len(symbols) and symbols[i + 1] == pair[1]
        merged.append(pair[0] + pair[1] if found else symbols[i])
        i += 2 if found else 1
    return merged


def train(words, counts, merges):
    """Learn at most `merges` rules from words (list of str) that occur `counts` (w,) times."""
    if len(words) != len(counts):
        raise ValueError("words and counts must have the same length")
    corpus = [symbols_of(word) for word in words]
    weights = [int(count) for count in counts]
    rules = []
    while len(rules) < merges:
        total = Counter()
        for symbols, weight in zip(corpus, weights, strict=True):
            for pair in pairwise(symbols):
                total[pair] += weight
        best = min(total, key=lambda pair: (-total[pair], pair), default=None)
        if total[best] < 2:
            break
        rules.append(best)
        corpus = [merge(symbols, best) for symbols in corpus]
    return rules


def encode(word, rules):
    """Apply the rules to one word, each once, in the order in which they were learned."""
    symbols = symbols_of(word)
    for pair in rules:
        if pair[0] in symbols:
            symbols = merge(symbols, pair)
    return symbols


def decode(tokens):
    """The text of the tokens: an end mark ends a word, words are parted by one space."""
    return "".join(tokens).removesuffix(END).replace(END, " ")
