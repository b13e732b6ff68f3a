"""Steps of the cycle that this app adds."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.models import Cycle
from materiality.steps import Standing, Step, add_step
from materiality.templatetags.bilingual import count
from surveys import words  # noqa: F401 - registers this app's words
from surveys.models import Survey
from surveys.queries.listed_surveys import response_kinds, surveys_of, valid_responses
from surveys.questionnaire.window import Standing as Fieldwork
from surveys.questionnaire.window import closing_time, standing


def window_words(survey: Survey) -> str:
    """Where a survey stands now, in a few words with the date in its zone."""
    if survey.state == Survey.State.DRAFT:
        return _("draft")
    zone, closes = ZoneInfo(survey.zone), closing_time(survey)
    now_standing = standing(survey, timezone.now())
    if now_standing is Fieldwork.NOT_YET:
        return _("opens %(date)s") % {"date": survey.opens_at.astimezone(zone).date().isoformat()}
    if now_standing is Fieldwork.OPEN:
        return _("open until %(date)s") % {"date": closes.astimezone(zone).date().isoformat()} if closes else _("open")
    return _("closed %(date)s") % {"date": closes.astimezone(zone).date().isoformat()} if closes else _("closed")


def _survey(cycle: Cycle) -> Standing:
    surveys = surveys_of(cycle)
    if not surveys:
        return Standing(done=False)
    begun = [survey for survey in surveys if survey.state != Survey.State.DRAFT]
    told = next((survey for survey in begun if survey.state == Survey.State.OPEN), (begun or surveys)[0])
    return Standing(done=bool(begun), words=window_words(told))


def _responses(cycle: Cycle) -> Standing:
    number, waiting = valid_responses(cycle), sum(survey.imports_waiting for survey in surveys_of(cycle))
    told = [_("%(number)s valid") % {"number": count(number)}] if response_kinds(cycle) else []
    if waiting:
        files = ngettext("%(number)s file to confirm", "%(number)s files to confirm", waiting)
        told.append(files % {"number": waiting})
    return Standing(done=number > 0, words=" · ".join(told))


add_step(Step(30, "survey", gettext_lazy("Survey"), "surveys", _survey))
add_step(Step(40, "responses", gettext_lazy("Responses"), "responses", _responses))
