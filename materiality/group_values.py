"""The columns of the `groups` format (formats.md) as one value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupValues:
    """One stakeholder group; weights are relative and non-negative, `target` a number of responses."""

    code: str
    name_zh: str
    name_en: str
    definition_zh: str = ""
    definition_en: str = ""
    side: str = "external"
    weight_society: float = 1.0
    weight_business: float = 1.0
    target: int = 0
