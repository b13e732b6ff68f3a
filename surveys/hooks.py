"""What this app declares to those below: words, jobs, steps of a cycle, objections, what is due and what waits."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.models import Cycle, Edition, Issue, Reminder
from materiality.platform.hooks import (
    CHOOSE_SCOPE,
    CLOSE_CYCLE,
    CORRECT_ERRATUM,
    RETIRE_ISSUE,
    Hooks,
    JobFunctions,
    Step,
    StepPage,
    StepStanding,
    Words,
)
from materiality.platform.words import grouped
from materiality.queries.cycles import group_columns, newest_run
from surveys.actions.plans import follow_scope
from surveys.models import Item, Survey, Tally
from surveys.models.jobs import JobKind
from surveys.queries.fieldwork import damaged_answers
from surveys.queries.imports import imports_to_confirm
from surveys.queries.surveys import response_kinds, surveys_of, valid_responses
from surveys.queries.verification import holding_findings, others_held, run_findings
from surveys.questionnaire.asking import Standing as Fieldwork
from surveys.questionnaire.asking import closing_time, standing
from surveys.questionnaire.screening import RULES
from surveys.respond.drafts import number_sealed
from surveys.respond.keys import needed_keys

WORDS: dict[str, Words] = {
    "finding": {
        "held_responses": gettext_lazy(
            "Survey %(survey)s: responses were changed outside the application. The application wrote %(then)s, there "
            "are %(now)s, and what they say is not what was written."
        ),
        "held_flags": gettext_lazy(
            "Survey %(survey)s: flags of responses were changed outside the application. %(then)s responses had some, "
            "%(now)s have."
        ),
        "held_comments": gettext_lazy(
            "Survey %(survey)s: comments were changed outside the application. It wrote %(then)s, there are %(now)s."
        ),
        "held_answers": gettext_lazy(
            "Survey %(survey)s: answers to profile questions were changed outside the application. It wrote %(then)s, "
            "there are %(now)s."
        ),
        "holding_seal": gettext_lazy(
            "Survey %(survey)s: the row of what it holds was changed outside the application."
        ),
        "holding_gone": gettext_lazy(
            "Survey %(survey)s: the row of what it holds was deleted outside the application."
        ),
        "holding_key": gettext_lazy(
            "Survey %(survey)s: without the audit key nothing vouches for its responses. Put it back into YITI_KEYS."
        ),
        "unheld": gettext_lazy("Survey %(survey)s is older than the rows of what surveys hold: not compared."),
        "moved_on": gettext_lazy(
            "Run %(run)s of cycle %(cycle)s: responses have come or changed since it; its digest cannot be recomputed."
        ),
        "run_digest": gettext_lazy(
            "Run %(run)s of cycle %(cycle)s: the %(responses)s responses it counted do not give its digest."
        ),
    },
    "action": {
        "build_survey": gettext_lazy("created the survey %(object)s"),
        "edit_survey": gettext_lazy("changed the survey %(object)s"),
        "change_open_survey": gettext_lazy("changed what may still change in the survey %(object)s"),
        "plan_groups": gettext_lazy("said what each group is asked in the survey %(object)s"),
        "widen_plans": gettext_lazy("changed the plan of the survey %(object)s to what a file holds"),
        "choose_issues": gettext_lazy("chose the issues of a group in the survey %(object)s"),
        "set_split": gettext_lazy("set how the survey %(object)s is split"),
        "save_profile_question": gettext_lazy("saved a profile question of the survey %(object)s"),
        "remove_profile_question": gettext_lazy("removed a profile question of the survey %(object)s"),
        "move_profile_question": gettext_lazy("ordered the profile questions of the survey %(object)s"),
        "remove_survey": gettext_lazy("removed the draft of survey %(object)s"),
        "hold_survey": gettext_lazy("took down what the survey %(object)s holds"),
        "open_survey": gettext_lazy("opened the survey %(object)s"),
        "set_up_elsewhere": gettext_lazy("set up the survey %(object)s as answered elsewhere"),
        "withdraw_import": gettext_lazy("withdrew the responses of %(object)s"),
        "restore_import": gettext_lazy("brought the responses of %(object)s back"),
        "overrule_responses": gettext_lazy("decided which responses of the survey %(object)s count"),
        "close_survey": gettext_lazy("closed the survey %(object)s"),
        "change_window": gettext_lazy("moved the closing of survey %(object)s"),
        "delete_old_drafts": gettext_lazy(
            "deleted unfinished answers to the survey %(object)s, which were kept long enough"
        ),
        "erase_response": gettext_lazy("deleted answers to the survey %(object)s as their respondent wished"),
        "give_up_answers": gettext_lazy("gave up sealed answers to the survey %(object)s, whose key is lost"),
        "seal_survey": gettext_lazy("sealed the anonymous survey %(object)s"),
        "discard_damaged": gettext_lazy("discarded answers to the survey %(object)s that could not be opened"),
        "finalise_survey": gettext_lazy("finalised the anonymous survey %(object)s and destroyed its key"),
        "request_import": gettext_lazy("uploaded the file %(object)s"),
        "check_import": gettext_lazy("had the file %(object)s checked"),
        "match_import": gettext_lazy("said what the columns of the file %(object)s are"),
        "rename_match": gettext_lazy("renamed the column match %(object)s"),
        "delete_match": gettext_lazy("deleted the column match %(object)s"),
        "confirm_import": gettext_lazy("confirmed the import of %(object)s"),
        "discard_import": gettext_lazy("discarded the import of %(object)s"),
        "store_import": gettext_lazy("stored the responses of %(object)s"),
        "follow_scope": gettext_lazy("brought the draft survey %(object)s in line with the issues of its cycle"),
        "load_demo": gettext_lazy("created the demo survey %(object)s"),
        "print_sheets": gettext_lazy("printed paper sheets for the survey %(object)s"),
        "enter_sheet": gettext_lazy("entered the paper sheet %(object)s"),
        "store_sheet": gettext_lazy("stored the paper sheet %(object)s"),
        "promote_comment": gettext_lazy("turned an open answer into a suggestion: %(object)s"),
        "change_rules": gettext_lazy("changed the screening rules of %(object)s"),
        "screen_survey": gettext_lazy("screened the responses of %(object)s again"),
        "create_batch": gettext_lazy("created the batch %(object)s of personal links"),
        "void_batch": gettext_lazy("voided the links of the batch %(object)s"),
        "add_recipients": gettext_lazy("added recipients to the survey %(object)s"),
        "import_bounces": gettext_lazy("took in bounces for the survey %(object)s"),
        "erase_recipient": gettext_lazy("erased a recipient of the survey %(object)s"),
        "purge_recipients": gettext_lazy("deleted the recipients of the survey %(object)s"),
        "start_mailing": gettext_lazy("began to send the mailing %(object)s"),
        "steer_mailing": gettext_lazy("paused, resumed or stopped the mailing %(object)s"),
        "overrule_response": gettext_lazy("decided whether the response %(object)s counts"),
    },
    "job": dict(JobKind.choices),
    "flag": {rule.code: gettext_lazy(rule.word) for rule in RULES},
    "effect": {
        "reject": gettext_lazy("rejects"),
        "mark": gettext_lazy("marks only"),
        "off": gettext_lazy("off"),
    },
    "channel": {
        "link": gettext_lazy("Open link"),
        "qr": gettext_lazy("QR code"),
        "batch": gettext_lazy("Personal links"),
        "mail": gettext_lazy("Mail"),
        "paper": gettext_lazy("Paper"),
        "": gettext_lazy("Channel not known"),
    },
    "field": {
        "addresses": gettext_lazy("addresses"),
        "answers_erased": gettext_lazy("answers erased"),
        "bounced": gettext_lazy("addresses that do not work"),
        "imports": gettext_lazy("files"),
        "links": gettext_lazy("links"),
        "mails": gettext_lazy("mails"),
    },
}


def asked_already(cycle: Cycle) -> list[str]:
    """Who was asked about an issue gave ratings of it, so the scope stands."""
    asked = [survey for survey in surveys_of(cycle) if survey.state != Survey.State.DRAFT]
    return [_("The survey %(survey)s has asked about these issues.") % {"survey": survey.title} for survey in asked[:1]]


def last_opening() -> QuerySet:
    """When the newest survey that is no draft opened, or will open as planned: one value, or none."""
    begun = Survey.objects.exclude(state=Survey.State.DRAFT).filter(cycle__sample="")
    return begun.annotate(at=Coalesce("opens_at", "opened_at")).order_by("-at").values("at")[:1]


def open_surveys_on(edition: Edition) -> list[str]:
    """While people answer, the texts they are asked stay as they are."""
    surveys = Survey.objects.filter(cycle__edition=edition, state=Survey.State.OPEN).order_by("pk")
    sentence = _("The survey %(survey)s is open on this edition; correct it when the survey is closed.")
    return [sentence % {"survey": survey.title} for survey in surveys]


def open_surveys_of(cycle: Cycle) -> list[str]:
    """While a survey takes answers, its cycle is not over."""
    surveys = Survey.objects.filter(cycle=cycle, state=Survey.State.OPEN).order_by("pk")
    sentence = _("The survey %(survey)s is still open. Close it first.")
    return [sentence % {"survey": survey.title} for survey in surveys]


def open_surveys_about(issues: Sequence[Issue]) -> Iterator[tuple[Issue, str]]:
    """A survey that asks about one of the issues goes on, as its edition keeps it."""
    known = {issue.pk: issue for issue in issues}
    items = Item.objects.filter(issue__in=known, survey__state=Survey.State.OPEN).order_by("survey", "issue")
    asked = list(items.values_list("survey", "issue").distinct())
    surveys = Survey.objects.in_bulk({survey for survey, _issue in asked})
    sentence = _("The open survey %(survey)s asks about %(issue)s; it goes on, but its result ends with this edition.")
    for survey, issue in asked:
        yield known[issue], sentence % {"survey": surveys[survey].title, "issue": known[issue].code}


def window_words(survey: Survey) -> str:
    """Where a survey stands now, in a few words with the date in its zone."""
    if survey.elsewhere:
        return _("answered elsewhere")
    if survey.state == Survey.State.DRAFT:
        return _("draft")
    zone, closes = ZoneInfo(survey.zone), closing_time(survey)
    now_standing = standing(survey, timezone.now())
    if now_standing is Fieldwork.NOT_YET:
        return _("opens %(date)s") % {"date": survey.opens_at.astimezone(zone).date().isoformat()}
    if now_standing is Fieldwork.OPEN:
        return _("open until %(date)s") % {"date": closes.astimezone(zone).date().isoformat()} if closes else _("open")
    return _("closed %(date)s") % {"date": closes.astimezone(zone).date().isoformat()} if closes else _("closed")


def burst_alerts() -> Iterator[str]:
    """Open surveys that got unusually many answers from one address within an hour."""
    found = Tally.objects.filter(measure=Tally.Measure.BURST, survey__state=Survey.State.OPEN).order_by("survey")
    for row in found.select_related("survey"):
        sentence = ngettext(
            "Survey %(survey)s: %(count)s answer by the open link came while unusually many came from one address.",
            "Survey %(survey)s: %(count)s answers by the open link came while unusually many came from one address.",
            row.number,
        )
        yield sentence % {"survey": row.survey.title, "count": grouped(row.number)}


def _unless_elsewhere(standing: Callable[[Cycle], StepStanding]) -> Callable[[Cycle], StepStanding]:
    """A cycle of figures from elsewhere asks nobody."""

    @wraps(standing)
    def told(cycle: Cycle) -> StepStanding:
        run = newest_run(cycle)
        if run and run.source and not surveys_of(cycle):
            return StepStanding(done=True, words=_("not needed"))
        return standing(cycle)

    return told


@_unless_elsewhere
def _questionnaire(cycle: Cycle) -> StepStanding:
    surveys = surveys_of(cycle)
    if not surveys:
        return StepStanding(done=False, missing=[_("no survey yet")])
    begun = [survey for survey in surveys if survey.state != Survey.State.DRAFT]
    told = next((survey for survey in begun if survey.state == Survey.State.OPEN), (begun or surveys)[0])
    return StepStanding(done=bool(begun), words=window_words(told), missing=[] if begun else [_("not open yet")])


@_unless_elsewhere
def _invitations(cycle: Cycle) -> StepStanding:
    """Who is asked has been told of it once somebody answered, or a link, list or mail was made."""
    surveys = surveys_of(cycle)
    if not surveys:
        return StepStanding(done=False)
    number = sum(survey.links for survey in surveys)
    done = number > 0 or valid_responses(cycle) > 0
    words = ngettext("%(number)s link", "%(number)s links", number) % {"number": grouped(number)} if number else ""
    return StepStanding(done=done, words=words, missing=[] if done else [_("nobody invited yet")])


@_unless_elsewhere
def _progress(cycle: Cycle) -> StepStanding:
    """Responses against the targets of the groups; fieldwork is over with its surveys."""
    number, target = valid_responses(cycle), sum(target for _code, target, *_weights in group_columns(cycle))
    now = timezone.now()
    begun = [survey for survey in surveys_of(cycle) if survey.state != Survey.State.DRAFT]
    over = bool(begun) and all(standing(survey, now) not in (Fieldwork.NOT_YET, Fieldwork.OPEN) for survey in begun)
    words = f"{min(100 * number // target, 100)}%" if target else ""
    return StepStanding(done=number > 0 and (over or bool(target and number >= target)), words=words)


@_unless_elsewhere
def _responses(cycle: Cycle) -> StepStanding:
    number, waiting = valid_responses(cycle), sum(survey.imports_waiting for survey in surveys_of(cycle))
    words = _("%(number)s valid") % {"number": grouped(number)} if response_kinds(cycle) else ""
    missing = [] if number else [_("no valid response yet")]
    if waiting:
        files = ngettext("%(number)s file to confirm", "%(number)s files to confirm", waiting)
        missing.append(files % {"number": waiting})
    return StepStanding(done=number > 0, words=words, missing=missing)


@_unless_elsewhere
def _screening(cycle: Cycle) -> StepStanding:
    taken = newest_run(cycle) is not None
    return StepStanding(done=taken, missing=[] if taken else [_("rules not looked at yet")])


STEPS = (
    Step(
        *(40, "ask", "survey", gettext_lazy("Questionnaire")),
        pages=(StepPage(gettext_lazy("Questionnaire"), "survey"),),
        standing=_questionnaire,
        of_survey=True,
        without="surveys",
    ),
    Step(
        *(50, "ask", "invitations", gettext_lazy("Invitations")),
        pages=(
            StepPage(gettext_lazy("Invitations"), "invitations"),
            StepPage(gettext_lazy("Recipients"), "recipients", "see_responses"),
            StepPage(gettext_lazy("Paper"), "paper", "see_responses"),
        ),
        standing=_invitations,
        of_survey=True,
    ),
    Step(
        *(60, "collect", "progress", gettext_lazy("Progress")),
        pages=(StepPage(gettext_lazy("Progress"), "fieldwork"),),
        standing=_progress,
        of_survey=True,
    ),
    Step(
        *(70, "collect", "responses", gettext_lazy("Responses")),
        pages=(
            StepPage(gettext_lazy("Responses and files"), "responses"),
            StepPage(gettext_lazy("Single responses"), "response_list", "see_responses"),
            StepPage(gettext_lazy("Exports"), "exports", "see_responses"),
        ),
        standing=_responses,
        of_survey=True,
    ),
    Step(
        *(80, "collect", "screening", gettext_lazy("Screening")),
        pages=(StepPage(gettext_lazy("Screening"), "screening"),),
        standing=_screening,
        of_survey=True,
    ),
)


HOOKS = Hooks(
    words=WORDS,
    jobs={
        JobKind.SCORE: JobFunctions("surveys.responses.chunks.count_in_chunks", "surveys.responses.chunks.store_run"),
        JobKind.COUNT_CHUNK: JobFunctions(
            "surveys.responses.chunks.count_chunk", "surveys.responses.chunks.keep_chunk", part=True
        ),
        JobKind.CHECK_IMPORT: JobFunctions("surveys.actions.imports.check_file", "surveys.actions.imports.keep_check"),
        JobKind.STORE_IMPORT: JobFunctions(
            "surveys.actions.imports.read_confirmed", "surveys.actions.imports.keep_responses"
        ),
        JobKind.COUNT_FIELDWORK: JobFunctions(
            "surveys.responses.fieldwork.count_in_background", "surveys.responses.fieldwork.store_count"
        ),
        JobKind.PRINT_SHEETS: JobFunctions("surveys.paper.printing.print_file", "surveys.paper.printing.keep_printed"),
        JobKind.DRY_RUN: JobFunctions("surveys.actions.screening.try_rules", "surveys.actions.screening.keep_trial"),
        JobKind.READ_RECIPIENTS: JobFunctions(
            "surveys.actions.invitations.read_list", "surveys.actions.invitations.keep_read"
        ),
        JobKind.CHANGE_RULES: JobFunctions(
            "surveys.actions.screening.wait_for_rules", "surveys.actions.screening.store_rules"
        ),
    },
    steps=STEPS,
    surveys=lambda cycle: [(survey.code, survey.title) for survey in surveys_of(cycle)],
    begun=lambda cycle: any(survey.state != Survey.State.DRAFT for survey in surveys_of(cycle)),
    objections={
        CLOSE_CYCLE: [open_surveys_of],
        CHOOSE_SCOPE: [asked_already],
        CORRECT_ERRATUM: [open_surveys_on],
        RETIRE_ISSUE: [open_surveys_about],
    },
    rescoped=follow_scope,
    last={Reminder.Kind.SURVEY: last_opening},
    waiting=[imports_to_confirm, damaged_answers],
    sealed=number_sealed,
    keys=needed_keys,
    alerts=(burst_alerts,),
    checks=(holding_findings, run_findings),
    counted=valid_responses,
    recounted=others_held,
    guarded=("surveys.survey", "surveys.responseimport"),
    owned={
        "surveys.survey": {
            "surveys.item": "survey",
            "surveys.itemtext": "survey",
            "surveys.groupplan": "survey",
            "surveys.profilequestion": "survey",
            "surveys.notice": "survey",
            "surveys.ruleset": "survey",
            "surveys.batch": "survey",
        },
        "surveys.responseimport": {"surveys.withdrawnresponses": "imported"},
    },
)
