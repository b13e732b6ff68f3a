"""Scoring: from rating bytes to a cube, and from a cube to scores, tiers and ranks. Pure: numpy in, values out."""
