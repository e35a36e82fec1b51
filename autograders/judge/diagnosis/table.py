"""The table of misconceptions: one row each, the most particular first. What is named is what a learner reads."""

from __future__ import annotations

from functools import partial

from autograders.judge.diagnosis import factors, inputs, maps, places, shapes, slices
from autograders.judge.diagnosis.value_rows import CHANGES, FACTORS, NOT_NUMBERS, Misconception

R = Misconception

# Where the shapes differ.
SHAPES = (
    R("transposed", "Transposed", "{what} is what is expected.", shapes.turned_round),
    R(
        "extra-axis",
        "An axis of length 1",
        "Your answer has {what}{rest}: look at keepdims, reshape and slices such as x[:, :1].",
        shapes.extra_axis,
    ),
    R(
        "wrong-axis",
        "Along the wrong axis",
        "Of an input of shape {shape}, axis {found} was summed over (or the like) where axis {wanted} should be.",
        shapes.other_axis,
    ),
    R(
        "wrong-axis",
        "Along the wrong axis",
        "Of an input of shape {shape}, your answer has a row and a column for each entry along axis {found}, where"
        " axis {wanted} is meant.",
        shapes.other_square,
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
        "reduced-too-far",
        "Reduced too far",
        "Your answer is one number where {n} are expected: a sum, a mean or the like goes over too many axes.",
        shapes.one_for_many,
    ),
    R(
        "not-reduced",
        "Not reduced",
        "Your answer has {n} values where one number is expected: a sum, a mean or the like is missing.",
        shapes.many_for_one,
    ),
    R(
        "wrong-length",
        "An entry too few or too many",
        "Along axis {axis} {what}{where}; the bounds of a range or slice may be off by one.",
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

PLACES = (
    R("transposed", "Transposed", "Your answer is the expected one with axes {axes} exchanged.", places.transposed),
    R(
        "reversed",
        "In the opposite order",
        "The entries along axis {axis} are in the opposite order.",
        places.backwards,
    ),
    R(
        "some-signs",
        "Some signs",
        "The {what} are right but for their signs: {count} of them with the opposite one.",
        slices.sign_by_slice,
    ),
    R(
        "reversed",
        "In the opposite order",
        "The {what} are in the opposite order, {count} of them with the opposite sign, as when eigenvectors come"
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
    R(
        "inverse-permutation",
        "The inverse permutation",
        "Your answer is the inverse of the expected order, as when argsort stands for ranks.",
        places.inverse_order,
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
        "Zeros are missing",
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
    R(
        "input-returned",
        "The input itself",
        "Your answer is what was passed in as argument {which}: nothing was done to it, or to a copy only.",
        inputs.returned,
    ),
    R(
        "opposite-step",
        "A step the other way",
        "Your answer lies as far from argument {which} as the expected one, but on the other side: what is to be added"
        " was subtracted, or the reverse.",
        inputs.opposite_step,
    ),
    R(
        "multiple-of-input",
        "A term of an argument",
        "Your answer is the expected one {factor} times argument {which}: a term with it is missing or too many, such"
        " as a bias or a penalty.",
        inputs.multiple,
    ),
    R("constant", "The same everywhere", "Every value is {value}, where different ones are expected.", places.constant),
    R(
        "few-digits",
        "Few digits",
        "Your answer agrees to about {digits} digits, fewer than are asked for: look for an epsilon, for too few"
        " steps, or for a difference of nearly equal numbers.",
        maps.few_digits,
    ),
    R("factor", "A factor", "Every value is {factor} times the expected one.", factors.any_factor),
    R(
        "square-root-forgotten",
        "A root is missing",
        "Every value is the square of the expected one, times {factor}.",
        partial(factors.power_and_factor, power=2.0),
    ),
    R(
        "square-forgotten",
        "A square is missing",
        "Every value is the square root of the expected one, times {factor}.",
        partial(factors.power_and_factor, power=0.5),
    ),
    R(
        "reciprocal",
        "The reciprocal",
        "Every value is 1 over the expected one, times {factor}: numerator and denominator are exchanged.",
        partial(factors.power_and_factor, power=-1.0),
    ),
    R("offset", "A constant", "Every value is {offset} {way} than expected.", factors.any_offset),
    R(
        "affine",
        "A factor and a constant",
        "Every value is {factor} times the expected one, {offset}.",
        factors.any_affine,
    ),
    R(
        "sum-per-group",
        "Sums in place of means of groups",
        "Each {slices} is the expected one {way} a whole number of its own ({few}, ...), as when sums stand for means"
        " over groups, or the reverse.",
        slices.count_by_slice,
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
        "factor-of-rows-and-columns",
        "A factor for each row and each column",
        "Every value is the expected one times a number for its row and one for its column, as when covariances stand"
        " for correlations.",
        slices.factor_of_both,
    ),
    R(
        "affine-per-slice",
        "A factor and a constant for each row or column",
        "Each {slices} is the expected one times a number plus another, as when something is scaled by other bounds,"
        " or by those of the whole array.",
        slices.affine_by_slice,
    ),
    R(
        "outer-product",
        "An outer product",
        "Your answer is off by the products of one vector with another.",
        slices.difference_of_rank_one,
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
# What each value says by itself, in whatever order.
ANY_ORDER = (*NOT_NUMBERS, *FACTORS, *CHANGES)
# What says only where values are wrong.
ANY_PLACE = tuple(row.name for row in LOCATIONS)
# Named where items of a tuple, list or dictionary are compared.
ITEMS_EXCHANGED = R(
    "items-exchanged",
    "Exchanged",
    "{first} and {second} are exchanged: each holds what is expected of the other.",
    lambda pair: None,
)
TABLE = (*SHAPES, *KINDS, *VALUES, ITEMS_EXCHANGED)
