"""Counting without a token: one statement adds to a number, so that requests side by side lose nothing."""

from django.db import connection


def single_answers(profile: dict) -> list[tuple[str, str]]:
    """(question, answer) pairs of a profile, one per option where several were chosen; what is empty is left out."""
    pairs = []
    for question, answer in profile.items():
        several = answer if isinstance(answer, list) else [answer]
        pairs += [(question, str(each)) for each in several if each not in ("", None)]
    return pairs


_ADD = """
INSERT INTO surveys_tally (survey_id, measure, "group", channel, place, number) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (survey_id, measure, "group", channel, place) DO UPDATE SET number = surveys_tally.number + excluded.number
"""


def add_to_tally(
    survey_id: int, measure: str, *, group: str = "", channel: str = "", place: int = 0, number: int = 1
) -> None:
    """Count `number` more under this measure (see Tally), group code, channel and place."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [survey_id, measure, group, channel[:40], place, number])
