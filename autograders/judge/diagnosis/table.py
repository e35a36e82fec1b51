"""The table of misconceptions: one row each, the most particular first. What is named is what a learner reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograders.judge.diagnosis import factors, maps, places, shapes, slices
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

# Where the shapes differ.
SHAPES = (
    R("transposed", "Transposed", "The {what} of your answer is what is expected.", shapes.turned_round),
    R(
        "extra-axis",
        "An axis of length 1",
        "Your answer has {what} axes, and those in question have length 1{rest}: look at keepdims, reshape and"
        " slices such as x[:, :1].",
        shapes.extra_axis,
    ),
    R(
        "wrong-axis",
        "Along the wrong axis",
        "Of an input of shape {shape}, axis {found} was summed over (or the like) where axis {wanted} should be.",
        shapes.other_axis,
    ),
    R(
        "not-reduced",
        "Not reduced",
        "The {what} of your answer over {axis} is what is expected: that last step is missing.",
        shapes.not_reduced,
    ),
    R(
        "reduced-too-far",
        "Reduced too far",
        "Your answer is the {what} of the expected values over {axis}, which should have stayed.",
        shapes.reduced_too_far,
    ),
    R(
        "broadcast",
        "Broadcast by accident",
        "Your answer has a value for each of {n} by {n} pairs, as when an array of shape ({n},) meets one of shape"
        " ({n}, 1) and numpy broadcasts them.",
        shapes.broadcast,
    ),
    R("reshaped", "Another shape", "The values are right, {what}, but stand in another shape.", shapes.reshaped),
    R(
        "wrong-length",
        "An entry too few or too many",
        "Along axis {axis} there is {what}{where}; the bounds of a range or slice may be off by one.",
        shapes.one_too_few,
    ),
)
KINDS = (
    R(
        "dtype",
        "Another kind of number",
        "The values are right, but {found} where {wanted} is asked for.",
        shapes.other_dtype,
    ),
)

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
    R("sign", "The opposite sign", "Every value has the opposite sign.", by_map(np.negative)),
    R("conjugate", "Conjugated", "Every value is the complex conjugate of the expected one.", maps.conjugate),
    R("real-part", "A part of a complex number", "Every value is the {what} of the expected one.", maps.real_part),
    R(
        "sample-deviation",
        "n - 1 in place of n",
        "Every value is {factor} times the expected one, as when a sum of squares is divided by n - 1 where n is"
        " asked for (n = {n}; ddof in numpy).",
        factor("sample-deviation"),
    ),
    R(
        "population-deviation",
        "n in place of n - 1",
        "Every value is {factor} times the expected one, as when a sum of squares is divided by n where n - 1 is"
        " asked for (n = {n}; ddof in numpy).",
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
        "Every value is the square of the expected one: the square root is missing.",
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
        by_map(lambda e: 1 - e),
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
        "Every value is {what} of the expected one: labels 0 and 1 stand for -1 and 1, or the reverse.",
        by_named_map(
            {"2 x - 1": lambda e: 2 * e - 1, "(x + 1)/2": lambda e: (e + 1) / 2, "1 - 2 x": lambda e: 1 - 2 * e}
        ),
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

PLACES = (
    R("transposed", "Transposed", "Your answer is the expected one with axes {axes} exchanged.", places.transposed),
    R(
        "reversed",
        "In the opposite order",
        "The entries along axis {axis} are in the opposite order.",
        places.backwards,
    ),
    R(
        "reversed",
        "In the opposite order",
        "The {what} are in the opposite order, and {count} of them have the opposite sign, as when eigenvectors come"
        " by rising eigenvalue.",
        slices.backwards_with_signs,
    ),
    R(
        "shifted",
        "Shifted",
        "Every entry along axis {axis} stands {places} too {way}: an index is off.",
        places.shifted,
    ),
    R(
        "relabelled",
        "Other names for the same groups",
        "The {groups} groups are right, but each has another number than is asked for.",
        places.relabelled,
    ),
    R("sorted", "Sorted", "The values are right, but sorted where their own order is asked for.", places.in_order),
    R("not-sorted", "Not sorted", "The values are right, but not in the order asked for.", places.not_in_order),
    R(
        "rows-permuted",
        "Rows in another order",
        "The rows are right, but in another order.",
        places.rows_in_other_order,
    ),
    R(
        "columns-permuted",
        "Columns in another order",
        "The columns are right, but in another order.",
        places.columns_in_other_order,
    ),
    R("values-permuted", "Another order", "The values are right, but in another order.", places.other_order),
    R(
        "cumulative",
        "Running sums",
        "Your answer holds running sums of the expected values along axis {axis}.",
        places.summed_up,
    ),
    R(
        "not-cumulative",
        "Running sums are missing",
        "The running sums of your answer along axis {axis} are what is expected.",
        places.not_summed_up,
    ),
    R("inverse", "The inverse", "Your answer is the inverse of the expected matrix.", places.inverse),
)

PRECISION = (
    R(
        "lower-precision",
        "Lower precision",
        "Your values are as near as {what} can be: compute in float64, or do not round the result.",
        maps.lower_precision,
    ),
    R(
        "truncated",
        "Fractions cut off",
        "Every value is {what} to a whole number: look for // and for arrays of integers.",
        maps.truncated,
    ),
    R("rounded", "Rounded", "The values are rounded to {what}.", maps.rounded),
    R("clipped", "Clipped", "The values {what} are cut to that bound; the others are right.", maps.clipped),
    R(
        "not-clipped",
        "A bound is missing",
        "The values {what} should be cut to that bound; the others are right.",
        maps.not_clipped,
    ),
    R(
        "one-triangle",
        "Half of a matrix",
        "What stands {what} the diagonal was left at 0; what stands {other} is right.",
        places.one_triangle,
    ),
    R(
        "not-masked",
        "Not masked",
        "{count} values should be 0 and are not; {rest}.",
        places.not_masked,
    ),
)

SLICES = (
    R(
        "wrong-axis",
        "Along the wrong axis",
        "The values should {what} along axis {wanted}; yours do so along axis {found}.",
        slices.wrong_axis,
    ),
    R(
        "other-norm",
        "Another norm",
        "{slices} should {what}; yours {also}, and are right but for that.",
        slices.normalised_otherwise,
    ),
    R(
        "not-normalised",
        "Not normalised",
        "{slices} should {what} and do not; they are right but for that.",
        slices.not_normalised,
    ),
    R(
        "softmax-forgotten",
        "Softmax is missing",
        "The softmax of your answer is what is expected: these are still scores, or logarithms.",
        slices.softmax_forgotten,
    ),
    R("softmax-twice", "Softmax is too many", "Your answer is the softmax of the expected one.", slices.softmax_twice),
    R(
        "temperature",
        "Scores of another scale",
        "Your answer is the softmax of scores that are {factor} times the right ones{known}: a scaling before the"
        " softmax is missing or too many.",
        slices.temperature,
    ),
    R(
        "not-scaled",
        "Not scaled",
        "{slices} should have deviation 1 and do not; they are right but for that.",
        slices.not_scaled,
    ),
    R(
        "not-centred",
        "Not centred",
        "{slices} should have mean 0 and do not; they are right but for that.",
        slices.not_centred,
    ),
    R(
        "not-standardised",
        "Not standardised",
        "{slices} should have mean 0 and deviation 1 and do not; they are right but for that.",
        slices.not_standardised,
    ),
    R("constant", "The same everywhere", "Every value is {value}, where different ones are expected.", places.constant),
    R(
        "some-signs",
        "Some signs",
        "{count} of the {what} have the opposite sign, and all are right but for that.",
        slices.sign_by_slice,
    ),
    R("factor", "A factor", "Every value is {factor} times the expected one.", factors.any_factor),
    R("offset", "A constant", "Every value is {offset} {way} than expected.", factors.any_offset),
    R(
        "affine",
        "A factor and a constant",
        "Every value is {factor} times the expected one, {offset}.",
        factors.any_affine,
    ),
    R(
        "factor-per-slice",
        "A factor for each row or column",
        "Each {slices} is the expected one times a number of its own.",
        slices.factor_by_slice,
    ),
    R(
        "offset-per-slice",
        "A constant for each row or column",
        "Each {slices} is the expected one plus a number of its own.",
        slices.offset_by_slice,
    ),
    R(
        "moment-not-centred",
        "A mean not subtracted",
        "Your answer is larger than expected by the products of one vector with itself, as when a mean is not"
        " subtracted before multiplying.",
        slices.moment_not_centred,
    ),
    R(
        "offset-of-rows-and-columns",
        "A constant for each row and each column",
        "A number for each row and one for each column are missing or too many, as when |x|^2 and |y|^2 are left out"
        " of |x - y|^2.",
        slices.offset_of_both,
    ),
    R(
        "outer-product",
        "An outer product",
        "Your answer is off by the products of one vector with another.",
        slices.difference_of_rank_one,
    ),
    R(
        "few-digits",
        "Few digits",
        "Your answer agrees to about {digits} digits, fewer than are asked for: look for an epsilon, for too few"
        " steps, or for a difference of nearly equal numbers.",
        maps.few_digits,
    ),
)

LOCATIONS = (
    R("one-value", "One value", "All values but this one are right.", places.at_one_place),
    R("diagonal", "The diagonal", "Only the diagonal is wrong{by}; all else is right.", places.on_diagonal),
    R("one-side", "One side of the diagonal", "Only what stands {what} the diagonal is wrong.", places.in_one_triangle),
    R("ends", "The ends", "Only the {what}{axis} {verb} wrong: look at the boundary.", places.at_the_ends),
    R("one-slice", "One row or column", "Only {what} is wrong; all else is right.", places.in_one_slice),
    R(
        "from-here-on",
        "From an index on",
        "All is right before index {index} of axis 0, and wrong from there on.",
        places.from_somewhere_on,
    ),
)

VALUES = (*NOT_NUMBERS, *FACTORS, *CHANGES, *PLACES, *PRECISION, *SLICES, *LOCATIONS)
# Named where items of a tuple, list or dictionary are compared.
ITEMS_EXCHANGED = R(
    "items-exchanged",
    "Exchanged",
    "{first} and {second} are exchanged: each holds what is expected of the other.",
    lambda pair: None,
)
TABLE = (*SHAPES, *KINDS, *VALUES, ITEMS_EXCHANGED)
