"""A closed cycle with responses and one run of them, ready for its review."""

from materiality.actions.scores import score_cycle
from materiality.models import Cycle
from surveys.responses.counting import count_cycle
from tests.factories.responses import make_response
from tests.factories.surveys import make_survey, make_survey_cycle


def make_scored_cycle() -> Cycle:
    """Six issues that rank by their places, all tiers among them."""
    survey = make_survey(make_survey_cycle({"soc": 6}))
    for n in range(12):
        ratings = [min(5, 1 + (place // 2 + n % 3) % 6) for place in range(survey.items.count())]
        make_response(survey, group=survey.cycle.groups.all()[n % 2], ratings=bytes(ratings))
    score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    Cycle.objects.filter(pk=survey.cycle_id).update(state=Cycle.State.CLOSED)
    return Cycle.objects.get(pk=survey.cycle_id)
