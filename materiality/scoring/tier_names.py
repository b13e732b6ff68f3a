"""Names of the tiers, by rule."""

HIGH, MEDIUM, LOW = "high", "medium", "low"
DOUBLE, IMPACT, FINANCIAL, NEITHER = "double", "impact", "financial", "neither"
UNSCORED = "unscored"

PRIORITY_TIERS = (HIGH, MEDIUM, LOW)
EITHER_TIERS = (DOUBLE, IMPACT, FINANCIAL, NEITHER)
TIERS = PRIORITY_TIERS + EITHER_TIERS
