"""The ranking step: of the issues that somebody rated, the three that matter most, as a set (scoring.md)."""

from collections.abc import Collection, Iterable

from materiality.scoring.cube import SCALE_MAX

MOST_NAMED = 3
RATINGS = range(1, SCALE_MAX + 1)
# Under this key the codes of the issues travel beside the answers about oneself, until a response is stored; codes of
# profile questions are slugs, so that none can be the same.
NAMED = "*named"


def named_apart(profile: dict) -> tuple[dict, list[str]]:
    """Answers about oneself without the ranking step, and the codes named in it, sorted: their order means nothing."""
    others = {code: answer for code, answer in profile.items() if code != NAMED}
    return others, sorted(profile.get(NAMED) or ())


def with_named(profile: dict, named: Iterable[str]) -> dict:
    """Answers about oneself with these issues named; none of them leaves the step out."""
    others, _before = named_apart(profile)
    codes = sorted(named)
    return {**others, NAMED: codes} if codes else others


def refused_named(chosen: Collection[str]) -> bool:
    """Whether more issues are named than the step asks for."""
    return len(chosen) > MOST_NAMED
