"""Colours that are not a category's. Text has at least 4.5 : 1 on every tint, for print on white paper."""

PAPER = "#ffffff"
INK = "#1d2327"
SOFT = "#4b545b"  # labels below high, captions, axis words
FAINT = "#5a636a"  # tick numbers, footnotes
LEADER = "#7d868c"
GRID = "#ffffff"
FRAME = "#aab2b6"
CUT = "#6f797f"

# From most to least material; the tint of a zone says nothing that its caption does not say.
TINTS = {
    "high": "#e0ebe9",
    "medium": "#eff5f3",
    "low": "#f9fafa",
    "double": "#e0ebe9",
    "impact": "#eff5f3",
    "financial": "#eff5f3",
    "neither": "#f9fafa",
}
STRONG = {"high", "double"}
