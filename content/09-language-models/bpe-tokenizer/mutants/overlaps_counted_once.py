# Counts 'aaa' as one pair (a, a), because only one of the two can be merged.
import heapq
from collections import Counter, defaultdict
from itertools import pairwise

END = "</w>"


def symbols_of(word):
    """The characters of a word, with the end-of-word mark glued to the last."""
    if END in word:
        raise ValueError(f"a word must not contain the end mark {END}")
    return [*word[:-1], word[-1] + END] if word else []


def pairs_of(symbols):
    """Neighbouring pairs; of two equal pairs that overlap only the first is taken."""
    found, skipped = [], False
    for i, pair in enumerate(pairwise(symbols)):
        skipped = not skipped and i > 0 and pair == (symbols[i - 1], symbols[i])
        if not skipped:
            found.append(pair)
    return found


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
    total = Counter()  # pair -> how often it occurs
    places = defaultdict(set)  # pair -> words that hold it, or held it once
    for i, symbols in enumerate(corpus):
        for pair in pairs_of(symbols):
            total[pair] += weights[i]
            places[pair].add(i)
    heap = [(-count, pair) for pair, count in total.items()]
    heapq.heapify(heap)

    rules = []
    while heap and len(rules) < merges:
        count, best = heapq.heappop(heap)
        if -count != total[best]:
            continue  # out of date: a newer entry of this pair is in the heap
        if -count < 2:
            break
        rules.append(best)
        change = Counter()
        for i in places.pop(best):
            for pair in pairs_of(corpus[i]):
                change[pair] -= weights[i]
            corpus[i] = merge(corpus[i], best)
            for pair in pairs_of(corpus[i]):
                change[pair] += weights[i]
                places[pair].add(i)
        for pair, difference in change.items():
            if difference:
                total[pair] += difference
                heapq.heappush(heap, (-total[pair], pair))
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
