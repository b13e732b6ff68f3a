"""Byte codes of ratings, the two dimensions, the kinds of absence, the number of parts."""

SKIPPED = 0
DONT_KNOW = 254
NOT_ASKED = 255

SOCIETY = "society"
BUSINESS = "business"
DIMENSIONS = (SOCIETY, BUSINESS)

# Order of the last axis of `Cube.absent`.
ABSENT_KINDS = ("not_asked", "skipped", "dont_know")

# Responses of a group are dealt in turn into this many parts (scoring.md, Parts).
PARTS = 40

SCALE_MIN, SCALE_MAX = 2, 10
