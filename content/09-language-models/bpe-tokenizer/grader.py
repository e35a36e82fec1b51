"""Checks of bpe-tokenizer. Every answer is exact: counts are whole numbers and ties are settled."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from autograders.judge import assert_same, check

END = "</w>"
# Latin, Greek, Cyrillic, Devanagari, kana, CJK, emoji; spaces and marks that join or combine.
SCRIPTS = ((0x61, 0x7B), (0x3B1, 0x3C9), (0x430, 0x450), (0x905, 0x93A), (0x3041, 0x3097), (0x4E00, 0x4F00))
UNUSUAL = (0x1F600, 0x1F64F), (0x300, 0x310), (0x2000, 0x200F), (0x20, 0x30), (0x3A, 0x40)


# --- inputs: everything is drawn, nothing is constant -----------------------------------------


def draw_letters(rng, size, ranges=SCRIPTS[:1]):
    """`size` different characters out of the given ranges of code points."""
    codes = np.concatenate([np.arange(low, high) for low, high in ranges])
    return [chr(code) for code in rng.choice(codes, size=size, replace=False)]


def draw_words(rng, letters, n, longest):
    """n words of 1 to `longest` letters each."""
    lengths = rng.integers(1, longest + 1, size=n)
    return ["".join(letters[i] for i in rng.integers(len(letters), size=length)) for length in lengths]


def draw_language(rng):
    """Syllables that words are made of, so that pairs repeat as they do in real text."""
    letters = draw_letters(rng, 20)
    return ["".join(rng.choice(letters, size=rng.integers(2, 4))) for _ in range(80)]


def draw_text(rng, language, n):
    """n words of 2 to 4 syllables, common syllables first, with counts that follow Zipf's law."""
    weight = np.arange(1, len(language) + 1) ** -0.7
    chosen = rng.choice(len(language), size=(n, 4), p=weight / weight.sum())
    lengths = rng.integers(2, 5, size=n)
    words = ["".join(language[i] for i in row[:size]) for row, size in zip(chosen, lengths, strict=True)]
    return words, np.minimum(rng.zipf(1.5, size=n), 1_000_000)


def draw_corpus(rng, kind):
    """Words and counts of one kind, and a number of merges that they can bear."""
    if kind == "syllables":
        return *draw_text(rng, draw_language(rng), 150), 120
    if kind == "two letters":
        return draw_words(rng, draw_letters(rng, 2), 40, 14), rng.integers(0, 5, size=40), 60
    if kind == "repeated words":
        words = draw_words(rng, draw_letters(rng, 5), 30, 6)
        return [words[i] for i in rng.integers(30, size=90)], rng.integers(0, 9, size=90), 40
    return draw_words(rng, draw_letters(rng, 12, SCRIPTS + UNUSUAL), 80, 8), rng.integers(1, 2**40, size=80), 50


def pair_counts(segments, counts):
    """How often each two neighbouring symbols occur: every position counts."""
    total = Counter()
    for symbols, count in zip(segments, counts, strict=True):
        for pair in pairwise(symbols):
            total[pair] += int(count)
    return total


# --- correctness ------------------------------------------------------------------------------


@check(points=5, hint="A pair occurs as often as the words that hold it: add the word's count at every position.")
def test_first_rule(solution, rng):
    """The first rule is the most frequent pair of neighbouring symbols, counted with the words' counts."""
    words, counts, _ = draw_corpus(rng, "syllables")
    total = pair_counts([[*word[:-1], word[-1] + END] for word in words], counts)
    best = min(total, key=lambda pair: (-total[pair], pair))
    assert_same(solution.train(words, counts, 1), [best])


@check(points=7, hint="After a merge the counts of the pairs to its left and right change as well.")
def test_each_rule_is_the_best_of_its_turn(solution, rng):
    """Each rule is the most frequent pair of the corpus as the rules before it have encoded it."""
    words, counts = draw_words(rng, draw_letters(rng, 4), 25, 8), rng.integers(2, 20, size=25)
    rules = solution.train(words, counts, 12)
    assert len(rules) == 12, f"expected 12 rules, found {len(rules)}"
    for k, rule in enumerate(rules):
        total = pair_counts([solution.encode(word, rules[:k]) for word in words], counts)
        assert_same(rule, min(total, key=lambda pair: (-total[pair], pair)))


@check(
    points=20,
    hidden=True,
    hint="Take the old word's pairs out of the counts, merge, put the new word's pairs in; a word may be listed twice.",
)
@pytest.mark.parametrize("kind", ["syllables", "two letters", "repeated words", "many scripts"])
def test_train_agrees(solution, reference, rng, kind):
    """The rules equal the reference's rules, in the same order, on corpora of four kinds."""
    for _ in range(3):
        words, counts, merges = draw_corpus(rng, kind)
        assert_same(solution.train(words, counts, merges), reference.train(words, counts, merges))


@check(points=6, hidden=True, hint="Python compares tuples of strings just so: first symbol, then second.")
def test_ties_go_to_the_smallest_pair(solution, reference, rng):
    """Among equally frequent pairs the lexicographically smallest is learned first."""
    for _ in range(5):
        words = draw_words(rng, draw_letters(rng, 4), 12, 7)
        counts = np.full(12, rng.integers(2, 50))
        assert_same(solution.train(words, counts, 30), reference.train(words, counts, 30))


@check(points=6, hint="Go through the rules once, first to last; each is one pass over the word from left to right.")
def test_encode_applies_rules_in_order(solution, reference, rng):
    """encode applies each rule once, in the order of the list, whatever that order is."""
    letters = draw_letters(rng, 3)
    for _ in range(8):
        rules = reference.train(draw_words(rng, letters, 20, 8), rng.integers(1, 9, size=20), 20)
        mixed = [rules[i] for i in rng.permutation(len(rules))]
        word = "".join(letters[i] for i in rng.integers(3, size=25))
        for given in (rules, mixed):
            assert_same(solution.encode(word, given), reference.encode(word, given))


@check(points=10, hidden=True, hint="A character that no rule mentions stays a symbol of its own.")
@pytest.mark.parametrize("kind", ["syllables", "many scripts"])
def test_encode_agrees_on_new_words(solution, reference, rng, kind):
    """Words that were never seen, also with unknown characters, are encoded as the reference does."""
    words, counts, merges = draw_corpus(rng, kind)
    rules = reference.train(words, counts, merges)
    letters = sorted({letter for word in words for letter in word})
    strangers = draw_letters(rng, 4, SCRIPTS[1:3])
    parts = [words[i] for i in rng.integers(len(words), size=20)]
    news = [a + b for a, b in pairwise(parts)] + draw_words(rng, letters + strangers, 20, 12)
    for word in news:
        assert_same(solution.encode(word, rules), reference.encode(word, rules))


@check(points=6, hint="Glue the tokens together, then turn end marks into spaces; the last one leaves nothing behind.")
def test_decode_inverts_encode(solution, reference, rng):
    """Decoding the tokens of one word or of several gives the words back, parted by single spaces."""
    words, counts, merges = draw_corpus(rng, "many scripts")
    rules = reference.train(words, counts, merges)
    for size in (1, 1, 2, 5):
        blank = rng.choice([" ", "\t", "\u00a0", "\u3000"])
        chosen = [f"{blank}{words[i]}{blank}" for i in rng.integers(len(words), size=size)]
        tokens = [token for word in chosen for token in reference.encode(word, rules)]
        assert_same(solution.decode(tokens), " ".join(chosen))
        word = chosen[0]
        assert_same(solution.decode(solution.encode(word, rules)), word)


# --- edge cases -------------------------------------------------------------------------------


@check(
    points=4,
    hidden=True,
    hint="In 'aaaa' the pair (a, a) stands at each position it starts at, yet merging runs from left to right.",
)
def test_runs_of_one_character(solution, reference, rng):
    """Runs such as 'aaaaa' count every position of the pair and are merged from left to right."""
    for _ in range(6):
        letters = draw_letters(rng, 3)
        lengths = rng.integers(0, 8, size=(12, 3))
        words = ["".join(a * int(n) for a, n in zip(rng.permutation(letters), row, strict=True)) for row in lengths]
        counts = rng.integers(1, 6, size=12)
        assert_same(solution.train(words, counts, 15), reference.train(words, counts, 15))
        a = letters[0]
        word, rules = a * int(rng.integers(9, 30)) + letters[1], [(a, a), (a + a, a)]
        assert_same(solution.encode(word, rules), reference.encode(word, rules))


@check(points=4, hint="A word of one character is one symbol with the end mark; an empty word has no symbols.")
def test_short_words_and_no_merges(solution, rng):
    """One-character words, empty words, no words and merges=0 work."""
    letters = draw_letters(rng, 6)
    counts = rng.integers(2, 9, size=6)
    assert_same(solution.train(letters, counts, 5), [])
    assert_same(solution.train([], counts[:0], 5), [])
    a, b, c = letters[:3]
    assert_same(solution.train([a + b + c, b + c], counts[:2], 0), [])
    assert_same(solution.train(["", b + c, ""], counts[:3], 5), [(b, c + END)])
    assert_same(solution.encode(a, [(a, b), (a, a)]), [a + END])
    assert_same(solution.encode(a + b + c, []), [a, b, c + END])
    assert_same(solution.encode("", [(a, b)]), [])
    assert_same(solution.decode([]), "")


@check(points=3, hidden=True, hint="Stop as soon as the best pair occurs fewer than twice: a rule must repeat to pay.")
def test_stops_below_two(solution, reference, rng):
    """Training ends when no pair occurs at least twice, with fewer rules than were asked for."""
    for _ in range(4):
        words = draw_words(rng, draw_letters(rng, 20), 12, 6)
        counts = rng.integers(0, 3, size=12)
        rules = solution.train(words, counts, 1_000)
        assert len(rules) < 1_000, "expected fewer rules than merges"
        assert_same(rules, reference.train(words, counts, 1_000))


@check(points=2, hidden=True, hint="Tokens after the last end mark belong to a word that is not finished: keep them.")
def test_decode_keeps_an_unfinished_word(solution, rng):
    """The tokens of a word without its end mark are decoded as they stand."""
    first, second = (draw_words(rng, draw_letters(rng, 8), 1, 9)[0] for _ in range(2))
    assert_same(solution.decode([*first]), first)
    assert_same(solution.decode([first + END, *second]), f"{first} {second}")


@check(points=2, hint="Raise ValueError before anything is counted.")
def test_refuses_bad_input(solution, rng):
    """A word that holds the end mark, and words and counts of different lengths, raise ValueError."""
    words, counts, _ = draw_corpus(rng, "two letters")
    with pytest.raises(ValueError):
        solution.train(words, counts[:-1], 3)
    a, b = draw_letters(rng, 2)
    for bad in (a + END + b, END + a, b + END):
        with pytest.raises(ValueError):
            solution.train([*words[:-1], bad], counts, 3)
        with pytest.raises(ValueError):
            solution.encode(bad, [(a, b)])


# --- cost -------------------------------------------------------------------------------------


@check(
    points=10,
    hint="Keep, for every pair, its count and the words that hold it; a merge then touches those words alone.",
    depends_on=("test_first_rule",),
)
def test_speed(race, rng):
    """Learning 100 rules from 2,500 words takes at most 3 times the reference's time."""
    race("train", lambda: (*draw_text(rng, draw_language(rng), 2_500), 100), compare=assert_same).at_most(3.0)


@check(
    points=10,
    hint="Searching all pairs for the largest count at every merge adds up: keep (-count, pair) in a heap.",
    depends_on=("test_first_rule",),
)
def test_growth(growth, rng):
    """With half as many merges as words, twice the words take a little over twice the time."""
    language = draw_language(rng)

    def draw(n):
        return *draw_text(rng, language, n), n // 2

    growth("train", draw, sizes=(200, 400, 800, 1_600, 3_200), compare=assert_same).at_most(1.4)


@check(
    points=5,
    hint="Change each word in place of its old form: earlier states of the corpus are never needed again.",
    depends_on=("test_first_rule",),
)
def test_memory(memory, rng):
    """Learning 100 rules from 8,000 words takes at most 64 MB beyond its input."""
    memory("train", *draw_text(rng, draw_language(rng), 8_000), 100).at_most_mb(64)
