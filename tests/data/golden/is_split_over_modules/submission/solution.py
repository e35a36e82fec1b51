from helpers.adding import total
from helpers import Counter, countdown, scale
