"""All pages of staff with something on each: what there is to show, and where it is shown."""

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from materiality.actions.library import start_edition_draft
from materiality.models import Cycle, Edition, Framework, Indicator, Job
from materiality.models.people import Role
from materiality.platform import jobs
from reports.actions.outputs import request_output
from reports.models import OutlineImport, Output
from surveys.models import ColumnMatch, ResponseImport, Survey
from tests.factories.invitations import make_batch, make_mailing, make_recipient
from tests.factories.paper import make_question, make_sheets
from tests.factories.people import make_person
from tests.factories.proposals import make_proposal
from tests.factories.reports import OUTLINE
from tests.factories.responses import check_file, csv_file, make_response, row
from tests.factories.sheets import upload
from tests.factories.stakeholders import make_engagement, make_point
from tests.factories.surveys import make_open_survey, make_survey
from tests.repository.roles import addresses

# Files, and what leads on to another page.
NO_PAGES = (
    r"export|template|/file/|/files/<|stored\.json|errors\.xlsx|\.(pdf|zip|json|<)|^/(log|readyz|account/passkey)"
)


def foreign(survey: Survey) -> bytes:
    """A file of another tool, whose columns must be guessed."""
    items = survey.items.select_related("issue").order_by("position")
    asked = {"society": "Impact on society", "business": "Impact on the company"}
    header = [
        "Response ID",
        "Stakeholder group",
        *(f"{asked[each.dimension]} [{each.issue.name_en}]" for each in items),
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, ["1", "users", *([3] * (len(header) - 2))]])
    return text.getvalue().encode()


def shown_rows(client: Client) -> dict:
    """One of everything that staff pages show, beside the demo; the client is a lead's.

    What stands in the holes of addresses: by a part of the route, what there is of it.
    """
    client.force_login(make_person(Role.LEAD, is_superuser=True))
    cycle = Cycle.objects.get(code="demo")
    group = cycle.groups.first()
    survey = make_open_survey(cycle, code="asked", attention=True)
    drafted = make_survey(cycle, code="drafted", split=True)
    asked, asked_in_draft = (make_question(each, kind="single") for each in (survey, drafted))
    responses = [make_response(survey, group=each) for each in (*cycle.groups.all(), group)]
    point, engagement = make_point(group), make_engagement(cycle)
    batch, mailing = make_batch(survey), make_mailing(survey)
    recipient = make_recipient(batch)
    sheet = make_sheets(survey)[0]
    checked = check_file(survey, csv_file(survey, row(survey)))
    address = reverse("new_import", args=["demo", "asked"])
    client.post(address, {"file": SimpleUploadedFile("answers.csv", foreign(survey))})
    outline = SimpleUploadedFile(OUTLINE.name, OUTLINE.read_bytes())
    client.post(reverse("outline", args=["demo"]), {"file": outline, "mode": "replace"})
    trial = jobs.request_job("dry_run", inputs={"survey": survey.pk, "rules": {}}, by=None, cycle=cycle, send=False)
    request_output(cycle=cycle, kind="issue-list", format="csv", language="en", by=None, send=False)
    draft = start_edition_draft(by=None)
    taken = upload("issues", b"code,name_en\nSOC-03-01,Renamed\n")
    for job in Job.objects.filter(state=Job.State.QUEUED):
        jobs.execute(str(job.pk))
    ColumnMatch.objects.create(name="kept", columns={})
    indicator = Indicator.objects.create(code="water", issue="ENV-01-01", name={"en": "Water"})
    framework = Framework.objects.create(code="OWN", edition="2026", title={"en": "Own"})
    issue = draft.issues.filter(parent__isnull=False).first()
    guessed = ResponseImport.objects.exclude(pk=checked.pk).get()
    return {
        "jobs/<uuid:pk>": [trial.pk],
        "trial/<uuid:pk>": [trial.pk],
        "responses/<uuid:pk>": [responses[0].pk],
        "recipients/new/<uuid:key>": [],
        "sheets/<int:pk>": [taken.pk],
        "drafts/[^/]+/<int:pk>": [issue.pk],
        "proposals/<int:pk>": [make_proposal().pk],
        "people/<int:pk>": [client.session["_auth_user_id"]],
        "points/<slug:kind>": ["expectation"],
        "points/expectation/<int:pk>": [point.pk],
        "engagements/<int:pk>": [engagement.pk],
        "asked/profile/<int:pk>": [asked.pk],
        "drafted/profile/<int:pk>": [asked_in_draft.pk],
        "batches/<int:pk>": [batch.pk],
        "recipients/<int:pk>": [recipient.pk],
        "mailings/<int:pk>": [mailing.pk],
        "paper/<int:number>": [sheet.number],
        "outline/imports/<int:pk>": OutlineImport.objects.values_list("pk", flat=True),
        "imports/<int:pk>": [checked.pk, guessed.pk],
        "outline/<int:order>": [1],
        "outputs/<int:pk>": Output.objects.values_list("pk", flat=True),
        "indicators/<int:pk>": [indicator.pk],
        "frameworks/<int:pk>": [framework.pk],
        "cycles/<slug:code>": ["demo"],
        "column-matches/<slug:name>": ["kept"],
        "demo/sheets/new/<slug:kind>": ["stakeholders"],
        "^/sheets/new/<slug:kind>": ["issues"],
        "<slug:survey>": ["asked", "drafted"],
        "<slug:group>": [group.code],
        "drafts/<slug:edition>": [draft.code],
        "<slug:edition>": [Edition.objects.get(state="published").code],
        "categories/<slug:code>": [issue.category.code],
        "<(str|slug):(code|issue)>": [issue.code],
    }


def paths_of(route: str, shown: dict) -> list[str]:
    """The route with all that stands in its holes; none where nothing does."""
    hole = re.search("<[^>]+>", route)
    if hole is None:
        return [route]
    head, rest = route[: hole.end()], route[hole.end() :]
    values = next((held for pattern, held in shown.items() if re.search(f"{pattern}$", head)), [])
    return [path for value in values for path in paths_of(f"{route[: hole.start()]}{value}{rest}", shown)]


def staff_pages(shown: dict) -> dict[str, list[str]]:
    """Route → its addresses, of all that are pages."""
    return {
        each.route: [
            f"{path}?category=environment" if path.endswith("/add/") else path for path in paths_of(each.route, shown)
        ]
        for each in addresses()
        if not re.search(NO_PAGES, each.route)
    }
