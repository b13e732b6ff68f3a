"""Passwords that are made for people."""

import secrets
import string

# Without letters and digits that are taken for each other.
LETTERS = "".join(sorted(set(string.ascii_lowercase + string.digits) - set("il1o0")))


def new_password() -> str:
    """Five groups of four characters: 99 bits, and easy to read out."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(5))
