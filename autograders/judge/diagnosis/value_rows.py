"""The rows of the table about each value by itself: NaN, factors that are known, a root or a logarithm too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from autograders.judge.diagnosis import factors, maps, places, slices
from autograders.judge.diagnosis.factors import factor
from autograders.judge.diagnosis.maps import by_map, by_named_map, root, sigmoid
from autograders.judge.diagnosis.pair import Pair

Fields = dict[str, str]


@dataclass(frozen=True)
class Misconception:
    """A row: its stable name, a title, the sentence with places for the detector's words, and the detector."""

    name: str
    title: str
    sentence: str
    detect: Callable[[Pair], Fields | None]


R = Misconception

NOT_NUMBERS = (
    R(
        "nan",
        "NaN",
        "{count} of your {total} values are NaN where numbers are expected, first at {where}{rest}: look for 0/0,"
        " inf - inf, or the logarithm or root of a negative number.",
        maps.found_nan,
    ),
    R(
        "infinite",
        "Infinite",
        "{count} of your {total} values are infinite where numbers are expected, first at {where}{rest}: look for a"
        " division by 0, log(0) or an exponential that overflows.",
        maps.found_infinity,
    ),
    R(
        "nan-expected",
        "NaN or infinity expected",
        "{count} of {total} values should be NaN or infinite and are not, first at {where}{rest}.",
        maps.missed_nan,
    ),
    R("zeros", "Still zero", "Every value is 0, as when an array is made and never filled.", places.zeros),
)

FACTORS = (
    R("sign", "The opposite sign", "Every value has the opposite sign.", maps.opposite),
    R(
        "sample-deviation",
        "n - 1 in place of n",
        "{slices} should have deviation 1 with n in its divisor, and have it with n - 1 (n = {n}; ddof in numpy).",
        partial(slices.other_deviation, wanted=0),
    ),
    R(
        "population-deviation",
        "n in place of n - 1",
        "{slices} should have deviation 1 with n - 1 in its divisor, and have it with n (n = {n}; ddof in numpy).",
        partial(slices.other_deviation, wanted=1),
    ),
    R("conjugate", "Conjugated", "Every value is the complex conjugate of the expected one.", maps.conjugate),
    R("real-part", "A part of a complex number", "Every value is the {what} of the expected one.", maps.real_part),
    R(
        "sample-deviation",
        "n - 1 in place of n",
        "Every value is {factor} times the expected one, as when n - 1 stands for n in a divisor, or n for n - 1 in"
        " what is divided by (n = {n}; ddof in numpy).",
        factor("sample-deviation"),
    ),
    R(
        "population-deviation",
        "n in place of n - 1",
        "Every value is {factor} times the expected one, as when n stands for n - 1 in a divisor, or n - 1 for n in"
        " what is divided by (n = {n}; ddof in numpy).",
        factor("population-deviation"),
    ),
    R(
        "missing-mean",
        "A sum in place of a mean",
        "Every value is {factor} times the expected one, as when a sum over {n} is taken where a mean is asked for.",
        factor("missing-mean"),
    ),
    R(
        "divided-by-size",
        "A mean in place of a sum",
        "Every value is {factor} times the expected one, as when a mean over {n} is taken where a sum is asked for,"
        " or is taken twice.",
        factor("divided-by-size"),
    ),
    R(
        "factor-two",
        "A factor of 2",
        "Every value is {factor} times the expected one: a 2 or 1/2 is missing or too many, as from the derivative"
        " of a square.",
        factor("factor-two"),
    ),
    R("root-two", "A root of 2", "Every value is {factor} times the expected one.", factor("root-two")),
    R(
        "log-base",
        "Another base of the logarithm",
        "Every value is {factor} times the expected one, as from a logarithm to another base ({n}).",
        factor("log-base"),
    ),
    R(
        "degrees",
        "Degrees and radians",
        "Every value is {factor} times the expected one, as when degrees stand for radians or the reverse.",
        factor("degrees"),
    ),
    R("factor-pi", "A factor of pi", "Every value is {factor} times the expected one.", factor("factor-pi")),
    R(
        "power-of-ten",
        "A power of ten",
        "Every value is {factor} times the expected one, as when percent stand for a share or units differ.",
        factor("power-of-ten"),
    ),
    R(
        "root-of-size",
        "The root of a size",
        "Every value is {factor} times the expected one, as when a scaling by the square root of {n} is left out or"
        " done twice.",
        factor("root-of-size"),
    ),
    R(
        "count-off-by-one",
        "A count that is one off",
        "Every value is {factor} times the expected one, as when something is divided by {n} and should be by one"
        " more or less.",
        factor("count-off-by-one"),
    ),
    R(
        "degrees-of-freedom",
        "Degrees of freedom",
        "Every value is {factor} times the expected one, as from another count of degrees of freedom (n = {n}).",
        factor("degrees-of-freedom"),
    ),
    R(
        "other-size",
        "Divided by another size",
        "Every value is {factor} times the expected one, as when one of the sizes {n} stands for the other.",
        factor("other-size"),
    ),
    R(
        "off-by-one",
        "One too many or too few",
        "Every value is 1 {way} than expected, as when counting starts at another number.",
        factors.one_off,
    ),
    R(
        "missing-constant",
        "A known constant",
        "Every value is {offset} {way} than expected: a constant is left out or added twice.",
        factors.known_offset,
    ),
)

CHANGES = (
    R("absolute", "The sign is lost", "Every value is the absolute value of the expected one.", by_map(np.abs)),
    R(
        "not-absolute",
        "An absolute value is missing",
        "The absolute values of your answer are what is expected.",
        lambda pair: by_map(np.abs)(pair.turned()),
    ),
    R(
        "square-root-forgotten",
        "A root is missing",
        "Every value is the square of the expected one: the square root is missing, or an exponent is twice as large.",
        by_map(np.square),
    ),
    R(
        "square-forgotten",
        "A square is missing",
        "Every value is the square root of the expected one: a square is missing, or a root is taken too often.",
        by_map(root),
    ),
    R(
        "complement",
        "The complement",
        "Every value is 1 minus the expected one.",
        maps.complement,
    ),
    R(
        "reciprocal",
        "The reciprocal",
        "Every value is {what} the expected one: numerator and denominator are exchanged.",
        by_named_map({"1 over": lambda e: 1 / e, "minus 1 over": lambda e: -1 / e}),
    ),
    R(
        "label-coding",
        "0 and 1, or -1 and 1",
        "Every value is {what} for an expected x: labels 0 and 1 stand for -1 and 1, or the reverse.",
        maps.label_coding,
    ),
    R(
        "logarithm-taken",
        "A logarithm too many",
        "Every value is {what} of the expected one: an exponential is missing, or a logarithm is too many.",
        by_named_map(
            {
                "the logarithm": np.log,
                "minus the logarithm": lambda e: -np.log(e),
                "the logarithm to base 2": np.log2,
                "the logarithm to base 10": np.log10,
                "log1p": np.log1p,
            }
        ),
    ),
    R(
        "logarithm-forgotten",
        "A logarithm is missing",
        "Every value is {what} of the expected one: a logarithm is missing, or an exponential is too many.",
        by_named_map(
            {
                "the exponential": np.exp,
                "the exponential of minus": lambda e: np.exp(-e),
                "expm1": np.expm1,
                "the power of 2": np.exp2,
                "the power of 10": lambda e: np.power(10.0, e),
            }
        ),
    ),
    R(
        "sigmoid-forgotten",
        "The sigmoid is missing",
        "The sigmoid of your answer is what is expected.",
        lambda pair: by_map(lambda e: np.log(e / (1 - e)))(pair),
    ),
    R("sigmoid-twice", "The sigmoid is too many", "Your answer is the sigmoid of the expected one.", by_map(sigmoid)),
    R(
        "activation-forgotten",
        "An activation is missing or too many",
        "Every value is {what} of the expected one.",
        by_named_map({"the inverse tanh": np.arctanh, "the tanh": np.tanh}),
    ),
    R(
        "odds",
        "Odds and probabilities",
        "Every value is {what} of the expected one, as when odds stand for a probability or the reverse.",
        by_named_map({"x/(1 - x)": lambda e: e / (1 - e), "x/(1 + x)": lambda e: e / (1 + e)}),
    ),
    R(
        "inverse-root",
        "A power of the value",
        "Every value is {what} of the expected one.",
        by_named_map(
            {
                "1/sqrt(x)": lambda e: 1 / np.sqrt(e),
                "1/x^2": lambda e: 1 / (e * e),
                "the cube": lambda e: e**3,
                "the cube root": np.cbrt,
                "1/(1 + x)": lambda e: 1 / (1 + e),
                "sqrt(1 - x^2)": lambda e: np.sqrt(1 - e * e),
                "1 - x^2": lambda e: 1 - e * e,
                "x (1 - x)": lambda e: e * (1 - e),
            }
        ),
    ),
)
