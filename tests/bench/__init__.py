"""Measurements (`make bench`): medians of several runs beside a named baseline in the same run. Never in the tests."""
