"""Numbers as people write them: all digits, no exponent, no trailing zeros."""

from decimal import Decimal


def plain_number(value: int | float | Decimal) -> str:
    """7 for 7.0, 0.125 for 0.125, 2147483647 for itself."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_percent(share: float) -> str:
    """A share 0–1 in per cent without the sign, exactly: 7 for 0.07."""
    return plain_number(Decimal(str(share)) * 100)
