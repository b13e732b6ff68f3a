"""The preview of a survey: a respondent's own pages, as any group, walked through without storing anything."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.models import Group
from surveys.instrument import LANGUAGES
from surveys.models import Survey
from surveys.queries.previewed import Previewed, asked_groups, previewed, sheet_html
from surveys.queries.surveys_now import groups_now, survey_now
from surveys.views.respond_end import profile_shown, thanks_words
from surveys.views.respond_first import first_page_context
from surveys.views.respond_pages import shown_language
from surveys.views.survey_of import survey_of

_TEMPLATES = {"first": "introduction", "issues": "questions", "thanks": "notice"}


@dataclass(frozen=True)
class Look:
    """What of the survey is shown, and how; all of it stands in the address."""

    page: int
    group: str
    kind: str
    draw: int
    language: str
    size: str
    contrast: str

    def query(self, **changes: object) -> str:
        """The address of this look with changes, after the question mark."""
        address = QueryDict(mutable=True)
        address.update({name: str(value) for name, value in vars(replace(self, **changes)).items() if value})
        return address.urlencode()


def preview(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """A page of the survey as the address says; POST goes on and drops the answers."""
    row = survey_of(code, survey)
    groups = asked_groups(row)
    if not groups:
        messages.error(request, _("No group is asked anything: say first who is asked what."))
        return redirect("survey", code, survey)
    look = _look(request, row, groups)
    group = next(group for group in groups if group.code == look.group)
    shown = previewed(row, group, split=look.kind == "split", draw=look.draw, single=look.size == "large")
    look = replace(look, page=min(look.page, len(shown.steps) - 1))
    if request.method == "POST":
        return redirect(f"{request.path}?{_onward(request, look, groups, len(shown.steps) - 1)}")
    with translation.override(look.language):
        return render(request, "surveys/preview.html", _context(request, row, look, shown, groups))


def _look(request: HttpRequest, row: Survey, groups: list[Group]) -> Look:
    asked, codes = request.GET, [group.code for group in groups]
    return Look(
        page=_number(asked.get("page", "")),
        group=asked["group"] if asked.get("group") in codes else codes[0],
        kind=asked["kind"] if asked.get("kind") in ("full", "split") else ("split" if row.split else "full"),
        draw=_number(asked.get("draw", "")),
        language=asked["language"] if asked.get("language") in LANGUAGES else shown_language(),
        size="large" if asked.get("size") == "large" else "",
        contrast="high" if asked.get("contrast") == "high" else "",
    )


def _onward(request: HttpRequest, look: Look, groups: list[Group], last: int) -> str:
    """Where the button that was pressed leads."""
    posted = request.POST
    step = {"start": 1, "next": 1, "submit": 1, "back": -1}.get(posted.get("go", ""), 0)
    changes: dict[str, object] = {"page": max(0, min(look.page + step, last))}
    if posted.get("group") in [group.code for group in groups]:
        changes["group"] = posted["group"]
    if posted.get("language") in LANGUAGES:
        changes["language"] = posted["language"]
    for name, special in (("size", "large"), ("contrast", "high")):
        if name in posted:
            changes[name] = special if posted[name] == special else ""
    return look.query(**changes)


def _context(request: HttpRequest, row: Survey, look: Look, shown: Previewed, groups: list[Group]) -> dict:
    last = len(shown.steps) - 2
    context = {
        "survey": row,
        "cycle": row.cycle,
        "look": look,
        "choosable": groups,
        "pages": [(kind, look.query(page=place)) for place, kind in enumerate(shown.steps)],
        "other_kind": look.query(kind="full" if look.kind == "split" else "split", page=0),
        "drawn_anew": look.query(draw=look.draw + 1),
        "issues_number": sum(len(sheet.issues) for sheet in shown.sheets),
        "action": request.get_full_path(),
        "large": look.size == "large",
        "high": look.contrast == "high",
        "holes": {"csrf": get_token(request)},
        "title": text_of(row, "title"),
        "anonymous": row.anonymous,
        "number": look.page,
        "last": last,
    }
    return context | _inner(row, look, shown, groups, context["holes"])


def _inner(row: Survey, look: Look, shown: Previewed, groups: list[Group], holes: dict) -> dict:
    """The respondent's template for this page and what it needs beyond the rest."""
    kind = shown.steps[look.page]
    found: dict[str, object] = {"inner": f"surveys/respond/{_TEMPLATES.get(kind, kind)}.html"}
    if kind == "first":
        codes = {group.code for group in groups}
        offered = tuple(group for group in groups_now(row.cycle_id) if group.code in codes)
        return found | first_page_context(survey_now(row.code), shown.questionnaire, offered) | {"group": look.group}
    if kind == "issues":
        sheet = shown.sheets[look.page - 1]
        # Rendered by the templates that are frozen into a survey at opening, which escape every text.
        html = mark_safe(sheet_html(row, shown, sheet, look.language).decode())
        name = shown.questionnaire.heading(sheet)
        return found | {"holes": holes | {"issues": html}, "name": name, "first": look.page == 1}
    if kind == "about":
        return found | {"questions": profile_shown(shown.questionnaire.profile)}
    if kind == "thanks":
        return found | thanks_words(text_of(row, "thanks"))
    return found | {"question": text_of(row, "question")}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
