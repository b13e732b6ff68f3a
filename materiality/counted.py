"""What a scoring run is made from, handed up from the surveys."""

from dataclasses import dataclass

from materiality.scoring.cube import Cube


@dataclass(frozen=True)
class Counted:
    """The cube of all valid responses, the counts beside it, the SHA-256 of the responses and the surveys' codes.

    `responses`: {"total", "unfinished", "submitted", "valid", "flags": {flag: n}, "groups": {code: {...}}}.
    """

    cube: Cube
    responses: dict
    digest: str
    surveys: list[str]
