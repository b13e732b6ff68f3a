"""Paper rounds: what is printed on numbered sheets, and how two entries of a sheet are compared."""
