"""Answers to profile questions one by one, as anonymous surveys keep them."""


def single_answers(profile: dict) -> list[tuple[str, str]]:
    """(question, answer) pairs of a profile, one per option where several were chosen; what is empty is left out."""
    pairs = []
    for question, answer in profile.items():
        several = answer if isinstance(answer, list) else [answer]
        pairs += [(question, str(each)) for each in several if each not in ("", None)]
    return pairs
