"""The reference of bpe-tokenizer agrees with the published algorithm, recounted after every merge."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "content/09-language-models/bpe-tokenizer"
END = "</w>"

Rule = tuple[str, str]
Train = Callable[[list[str], NDArray[Any], int], list[Rule]]
Encode = Callable[[str, list[Rule]], list[str]]
Decode = Callable[[list[str]], str]


@pytest.fixture(scope="module")
def module() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "reference.py"))


@pytest.fixture(scope="module")
def train(module: dict[str, Any]) -> Train:
    function: Train = module["train"]
    return function


@pytest.fixture(scope="module")
def encode(module: dict[str, Any]) -> Encode:
    function: Encode = module["encode"]
    return function


@pytest.fixture(scope="module")
def decode(module: dict[str, Any]) -> Decode:
    function: Decode = module["decode"]
    return function


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_109)


# --- an oracle: symbols parted by blanks, merged by a regular expression, all counted anew -----


def spaced(word: str) -> str:
    return " ".join(word) + END if word else ""


def merged(text: str, rule: Rule) -> str:
    return re.sub(rf"(?<!\S){re.escape(' '.join(rule))}(?!\S)", lambda _: "".join(rule), text)


def learn_naively(words: list[str], counts: list[int], merges: int) -> tuple[list[Rule], list[str]]:
    """The rules, and the words as they stand in the end."""
    texts, rules = [spaced(word) for word in words], list[Rule]()
    for _ in range(merges):
        found: dict[Rule, int] = {}
        for text, count in zip(texts, counts, strict=True):
            symbols = text.split(" ")
            for i in range(len(symbols) - 1):
                found[symbols[i], symbols[i + 1]] = found.get((symbols[i], symbols[i + 1]), 0) + count
        often = max(found.values(), default=0)
        if often < 2:
            break
        rules.append(sorted(pair for pair, count in found.items() if count == often)[0])
        texts = [merged(text, rules[-1]) for text in texts]
    return rules, texts


def encode_by_rank(word: str, rules: list[Rule]) -> list[str]:
    """The other common way: always the earliest rule that fits anywhere, until none does."""
    text = spaced(word)
    while True:
        symbols = text.split(" ")
        pairs = {(symbols[i], symbols[i + 1]) for i in range(len(symbols) - 1)}
        fitting = [rule for rule in rules if rule in pairs]
        if not fitting:
            return symbols
        text = merged(text, fitting[0])


def draw_words(rng: np.random.Generator, letters: str, n: int, longest: int) -> list[str]:
    lengths = rng.integers(1, longest + 1, size=n)
    return ["".join(rng.choice(list(letters), size=length)) for length in lengths]


CORPORA = [
    ("a", 12),
    ("ab", 14),
    ("abc", 9),
    ("abcdefghij", 7),
    ("aàáâ", 8),
    ("μαθημ", 6),
    ("語言模型", 5),
    ("😀🏽e\u0301", 6),
]


@pytest.mark.parametrize(("letters", "longest"), CORPORA)
def test_rules_equal_those_of_a_full_recount(
    train: Train, encode: Encode, rng: np.random.Generator, letters: str, longest: int
) -> None:
    for _ in range(12):
        n = int(rng.integers(1, 40))
        words, counts = draw_words(rng, letters, n, longest), rng.integers(0, 12, size=n)
        rules, texts = learn_naively(words, counts.tolist(), 40)
        assert train(words, counts, 40) == rules
        assert [encode(word, rules) for word in words] == [text.split(" ") for text in texts]


def test_rules_equal_those_of_a_full_recount_on_a_corpus_of_syllables(train: Train, rng: np.random.Generator) -> None:
    syllables = draw_words(rng, "abcdefghijklmnopqrst", 40, 3)
    words = ["".join(rng.choice(syllables, size=rng.integers(1, 5))) for _ in range(400)]
    counts = np.minimum(rng.zipf(1.5, size=400), 10**6)
    assert train(words, counts, 250) == learn_naively(words, counts.tolist(), 250)[0]


def test_equal_counts_are_decided_by_the_pair_itself(train: Train, rng: np.random.Generator) -> None:
    for _ in range(30):
        words = draw_words(rng, "abcd", 8, 7)
        assert train(words, np.full(8, 3), 50) == learn_naively(words, [3] * 8, 50)[0]


def test_fewer_merges_give_the_same_rules_from_the_start(train: Train, rng: np.random.Generator) -> None:
    words, counts = draw_words(rng, "abcdef", 60, 8), rng.integers(1, 30, size=60)
    whole = train(words, counts, 80)
    for merges in (0, 1, 7, 33):
        assert train(words, counts, merges) == whole[:merges]


def test_rules_in_any_order_are_applied_one_pass_each(encode: Encode, train: Train, rng: np.random.Generator) -> None:
    for _ in range(60):
        rules = train(draw_words(rng, "abc", 20, 8), rng.integers(1, 9, size=20), 25)
        mixed = [rules[i] for i in rng.permutation(len(rules))]
        word = draw_words(rng, "abcd", 1, 30)[0]
        text = spaced(word)
        for rule in mixed:
            text = merged(text, rule)
        assert encode(word, mixed) == text.split(" ")


def test_learned_rules_give_the_same_tokens_whichever_way_they_are_applied(
    encode: Encode, train: Train, rng: np.random.Generator
) -> None:
    for letters, longest in CORPORA:
        for _ in range(20):
            words = draw_words(rng, letters, 20, longest)
            rules = train(words, rng.integers(1, 9, size=20), 30)
            for word in draw_words(rng, letters, 5, 2 * longest):
                assert encode(word, rules) == encode_by_rank(word, rules)


def test_decoding_undoes_encoding(encode: Encode, decode: Decode, train: Train, rng: np.random.Generator) -> None:
    for letters in ("abc", "ab </w>", "< />w", "é\u0301 \t\n", "中😀\u200d"):
        words = [word for word in draw_words(rng, letters, 80, 9) if END not in word]
        rules = train(words, rng.integers(1, 9, size=len(words)), 40)
        assert [decode(encode(word, rules)) for word in words] == words
        assert decode([token for word in words for token in encode(word, rules)]) == " ".join(words)


def test_the_example_of_the_statement_is_right(train: Train, encode: Encode, decode: Decode) -> None:
    rules = train(["sea", "seen", "tea"], np.array([4, 3, 2]), 3)
    assert rules == [("s", "e"), ("se", "a</w>"), ("e", "n</w>")]
    assert encode("seat", rules) == ["se", "a", "t</w>"]
    assert encode("ten", rules) == ["t", "en</w>"]
    assert decode(["sea</w>", "t", "en</w>"]) == "sea ten"


def test_overlapping_pairs_are_counted_at_each_position_and_merged_from_the_left(train: Train, encode: Encode) -> None:
    # a a a</w> twice: (a, a) stands 1 time in each, (a, a</w>) once; b b b b: (b, b) stands 2 times, (b, b</w>) once.
    assert train(["aaa", "bbbb"], np.array([3, 2]), 1) == [("b", "b")]
    assert encode("aaaa", [("a", "a")]) == ["aa", "a", "a</w>"]
    assert encode("aaaaaab", [("a", "a"), ("aa", "aa")]) == ["aaaa", "aa", "b</w>"]


def test_small_inputs_need_no_special_care(train: Train, encode: Encode, decode: Decode) -> None:
    none = np.empty(0, dtype=int)
    assert train([], none, 5) == []
    assert train(["a", "b"], np.array([9, 9]), 5) == []
    assert train(["", "ab", ""], np.array([5, 2, 5]), 5) == [("a", "b</w>")]
    assert train(["ab"], np.array([1]), 5) == []
    assert train(["ab", "ab"], np.array([1, 1]), 5) == [("a", "b</w>")]
    assert train(["abc"], np.array([0]), 5) == []
    assert (encode("", [("a", "b")]), encode("z", [])) == ([], ["z</w>"])
    assert (decode([]), decode(["lo"]), decode(["lo", "w</w>", "er"])) == ("", "lo", "low er")


@pytest.mark.parametrize("word", ["</w>", "a</w>", "</w>b", "a</w>b"])
def test_the_end_mark_is_refused_inside_words(train: Train, encode: Encode, word: str) -> None:
    with pytest.raises(ValueError, match="end mark"):
        train(["ab", word], np.array([1, 2]), 3)
    with pytest.raises(ValueError, match="end mark"):
        encode(word, [])


def test_words_and_counts_of_different_lengths_are_refused(train: Train) -> None:
    with pytest.raises(ValueError, match="same length"):
        train(["ab", "cd"], np.array([1]), 3)
