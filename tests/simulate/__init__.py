"""Slow simulations of the statistics, outside `make test`."""
