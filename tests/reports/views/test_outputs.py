"""Pages of the outputs: request, progress, download."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from materiality.actions.stakeholders import save_group
from materiality.actions.tables import scope_of
from materiality.models import Cycle, Job
from materiality.models.people import Role
from materiality.platform import jobs
from materiality.queries.proposals import ProposalValues, store_proposal
from reports.actions.outputs import request_output
from reports.models import Output
from reports.queries.tables import own_texts
from tests.factories.cycles import move, values_of
from tests.factories.people import log_in
from tests.factories.reports import make_cycle, make_run
from tests.factories.sheets import take_in
from tests.factories.stakeholders import make_engagement
from tests.factories.surveys import make_survey
from tests.factories.texts import reword
from tests.materiality.formats.test_figures import figures, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cycle):
    log_in(client)
    return client


def ask(client, document="gri-index.csv", **fields):
    return client.post(reverse("outputs", args=["demo"]), {"document": document, "language": "zh-hans"} | fields)


def made() -> Output:
    output = Output.objects.first()
    jobs.execute(str(output.job_id))
    return output


def test_output_is_asked_for_made_and_downloaded(staff):
    assert ask(staff).status_code == 302
    html = staff.get(reverse("outputs", args=["demo"])).content.decode()
    row = reverse("output_row", args=["demo", Output.objects.get().pk])
    assert f'hx-get="{row}"' in html and '<meta http-equiv="refresh"' in html and "<progress" in html
    file = reverse("output_file", args=["demo", Output.objects.get().pk])
    assert staff.get(file).status_code == 404
    made()
    html = staff.get(row).content.decode()
    assert "delay:1s" not in html and file in html
    response = staff.get(file)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename*=utf-8''2026%20" in response["Content-Disposition"]
    assert b"".join(response.streaming_content).startswith("\ufefforder,".encode())
    assert b"refresh" not in staff.get(reverse("outputs", args=["demo"])).content


def test_output_of_the_matrix_is_what_its_page_showed(staff, cycle):
    fields = {"level": "primary", "category": "society", "weighting": "pooled", "bars": "True", "run": "1"}
    assert ask(staff, "matrix.svg", **fields).status_code == 302
    output = Output.objects.get()
    asked = {"level": "primary", "category": "society", "group": "", "weighting": "pooled", "bars": True}
    assert output.parameters.items() >= asked.items()
    # What the page can show besides is off.
    assert not any(value for name, value in output.parameters.items() if name not in asked)
    assert (output.kind, output.format, output.run.number) == ("matrix", "svg", 1)


@pytest.mark.parametrize("document", ["matrix.csv", "", "nothing"])
def test_output_that_there_is_not_is_no_choice(staff, document):
    response = ask(staff, document)
    assert response.status_code == 200 and b"Nothing was saved yet" in response.content
    assert Job.objects.count() == 0


def test_output_without_a_run_says_what_to_do(client, library, media):
    log_in(client)
    make_cycle("demo")
    assert b"The cycle has no scoring run yet. Score it first." in ask(client, "matrix.svg").content


def test_failed_output_says_why(staff):
    ask(staff)
    Job.objects.update(state="failed", error="no paper")
    html = staff.get(reverse("outputs", args=["demo"])).content.decode()
    assert "no paper" in html and "delay:1s" not in html


def test_file_of_another_cycle_is_not_found(staff):
    ask(staff)
    output = made()
    make_cycle("other")
    assert staff.get(reverse("output_file", args=["other", output.pk])).status_code == 404
    assert staff.get(reverse("output_row", args=["other", output.pk])).status_code == 404


def test_file_asked_for_beside_what_it_shows_is_refused_on_the_page_of_files(staff, cycle):
    """The button of another page has a place for the file, and a page within it would be wrong."""
    address, htmx = reverse("outputs", args=["demo"]), {"HX-Request": "true", "HX-Target": "made"}
    told = {"document": "matrix.pdf", "language": "en"}
    made_row = staff.post(address, told | {"level": "primary", "run": "1"}, headers=htmx)
    assert "HX-Retarget" not in made_row and b"<h1>" not in made_row.content
    for wrong in ({"group": "nobody"}, {"document": "matrix.csv"}):
        answer = staff.post(address, told | wrong, headers=htmx)
        kept = {name: answer[f"HX-{name}"] for name in ("Retarget", "Reselect", "Push-Url")}
        assert kept == {"Retarget": "main", "Reselect": "main", "Push-Url": address}
        assert "<main" in answer.content.decode() and Output.objects.count() == 1


def test_texts_are_missed_in_the_language_that_is_asked_for(staff, cycle):
    Cycle.objects.filter(pk=cycle.pk).update(languages=["zh", "en", "ko"])
    reword(Cycle.objects.filter(pk=cycle.pk), title_zh="周期", title_en="Cycle", title_ko="주기")
    html = ask(staff, "issue-list.csv", language="ko").content.decode()
    named = re.search(r"[0-9]+ texts are not there in this language and appear in another: (.*?)</li>", html)[1]
    assert "Environmental Compliance" in named and "Cycle" not in named and Output.objects.count() == 0
    reword(Cycle.objects.filter(pk=cycle.pk), title_ko="")
    assert "Cycle; Environmental" in ask(staff, "issue-list.csv", language="ko").content.decode()


def test_viewers_of_the_cycle_download_and_do_not_ask(client, cycle):
    output = request_output(cycle=cycle, kind="gri-index", format="csv", language="en", by=None, send=False)
    jobs.execute(str(output.job_id))
    log_in(client, Role.VIEWER).cycles.add(cycle)
    assert client.get(reverse("output_file", args=["demo", output.pk])).status_code == 200
    assert b"Create the file" not in client.get(reverse("outputs", args=["demo"])).content
    assert ask(client).status_code == 403 and Output.objects.count() == 1


def test_evidence_pack_is_for_those_who_see_single_responses(client, cycle):
    """It has a row for each response."""
    pack = request_output(cycle=cycle, kind="evidence-pack", format="zip", language="en", by=None, send=False)
    jobs.execute(str(pack.job_id))
    file, search = reverse("output_file", args=["demo", pack.pk]), reverse("search") + "?q=evidence"
    pages = [reverse("outputs", args=["demo"]), reverse("output_row", args=["demo", pack.pk])]
    pages += [f"{pages[1]}?link", search]

    def linked() -> list[bool]:
        return [file in client.get(page).content.decode() for page in pages]

    for role in (Role.VIEWER, Role.COMMITTEE, Role.ADMINISTRATOR):
        log_in(client, role).cycles.add(cycle)
        refused = client.get(file)
        assert refused.status_code == 403 and b"Your role does not allow this" in refused.content
        assert linked() == [False] * 4
        assert "Only those who may see single responses" in client.get(pages[0]).content.decode()
    for role in (Role.ANALYST, Role.LEAD):
        log_in(client, role)
        assert b"".join(client.get(file).streaming_content).startswith(b"PK") and linked() == [True] * 4


def test_evidence_pack_of_figures_from_elsewhere_is_for_everybody(client, library, media):
    cycle = make_cycle("reported")
    stored(cycle, figures(cycle))
    pack = request_output(cycle=cycle, kind="evidence-pack", format="zip", language="en", by=None, send=False)
    jobs.execute(str(pack.job_id))
    log_in(client, Role.VIEWER).cycles.add(cycle)
    assert client.get(reverse("output_file", args=["reported", pack.pk])).status_code == 200


@pytest.mark.parametrize("sort", ["kind", "-run", "state", "asked", "size"])
def test_viewers_sort_the_list_of_files_and_take_it_with_them(client, cycle, sort):
    output = request_output(cycle=cycle, kind="gri-index", format="csv", language="en", by=None, send=False)
    jobs.execute(str(output.job_id))
    output.refresh_from_db()
    log_in(client, Role.VIEWER).cycles.add(cycle)
    listed = client.get(reverse("outputs", args=["demo"]), {"sort": sort, "file": "csv"})
    assert listed["Content-Disposition"] == 'attachment; filename="demo-files.csv"'
    assert output.file_name in listed.content.decode("utf-8-sig")


def test_outputs_take_as_many_queries_for_30_as_for_one(staff):
    counts = []
    for number in (1, 29):
        for _ in range(number):
            ask(staff)
        with CaptureQueriesContext(connection) as queries:
            staff.get(reverse("outputs", args=["demo"]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_lists_of_files_leave_what_they_are_made_from_where_it_is(staff, cycle):
    for document in ("gri-index.csv", "sdg-table.csv"):
        ask(staff, document)
        made()
    with CaptureQueriesContext(connection) as queries:
        html = staff.get(reverse("outputs", args=["demo"])).content.decode()
        staff.get(reverse("output_row", args=["demo", Output.objects.first().pk]))
    assert not [query["sql"] for query in queries if '"inputs"' in query["sql"] or '"result"' in query["sql"]]
    assert f"outline of {cycle.sections.count()} rows" in html and "run 1" in html


def test_files_of_another_outline_are_marked(staff, cycle):
    ask(staff)
    made()
    page = reverse("outputs", args=["demo"])
    assert b"out of date</span>" not in staff.get(page).content
    cycle.sections.first().delete()
    assert b"out of date</span>" in staff.get(page).content


def test_targets_and_indicators_are_not_made_from_stakeholder_groups(staff, cycle):
    job = jobs.request_job("output", inputs={}, by=None, cycle=cycle, send=False)
    Output.objects.create(cycle=cycle, job=job, kind="indicator-table", format="csv", language="en")
    html = staff.get(reverse("outputs", args=["demo"])).content.decode()
    assert html.count("Targets and indicators") > html.count("stakeholder groups") == 0


def test_files_of_an_older_run_are_marked_and_remade_by_one_press(staff, cycle):
    ask(staff, "sdg-table.csv")
    made()
    page = reverse("outputs", args=["demo"])
    assert b"out of date</span>" not in staff.get(page).content
    make_run(cycle, seed=2)
    assert b"out of date</span>" in staff.get(page).content
    assert staff.post(reverse("remake_outputs", args=["demo"])).status_code == 302
    assert [output.run.number for output in Output.objects.order_by("pk")] == [1, 2]
    html = staff.post(reverse("remake_outputs", args=["demo"]), follow=True).content.decode()
    assert "Every file is up to date." in html


def test_file_is_cancelled_tried_again_and_deleted(staff):
    ask(staff)
    output = Output.objects.get()
    for name, state in (("cancel_output", "cancelled"), ("retry_output", "queued"), ("cancel_output", "cancelled")):
        html = staff.get(reverse("outputs", args=["demo"])).content.decode()
        assert reverse(name, args=["demo", output.pk]) in html
        staff.post(reverse(name, args=["demo", output.pk]))
        assert Job.objects.get().state == state
    for language, word in (("en", "Cancelled"), ("zh-hans", "已取消")):
        staff.cookies["django_language"] = language
        html = staff.get(reverse("outputs", args=["demo"])).content.decode()
        assert f'state-cancelled">{word}</span>' in html and "state-failed" not in html
    staff.post(reverse("remove_output", args=["demo", output.pk]))
    assert Output.objects.count() == 0


@pytest.mark.parametrize("name", ["cancel_output", "retry_output", "remove_output"])
def test_viewers_leave_files_as_they_are(client, cycle, name):
    output = request_output(cycle=cycle, kind="gri-index", format="csv", language="en", by=None, send=False)
    log_in(client, Role.VIEWER)
    assert client.post(reverse(name, args=["demo", output.pk])).status_code == 403
    assert client.post(reverse("remake_outputs", args=["demo"])).status_code == 403
    assert (Output.objects.count(), Job.objects.get().state) == (1, "queued")


def test_viewer_of_one_cycle_learns_nothing_of_another_anywhere(client, cycle):
    """Titles of the other cycle bear a word that stands nowhere else."""
    other = make_cycle("quokka-year")
    period = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    reword(Cycle.objects.filter(pk=other.pk), title_zh="quokka", title_en="", **period)
    other.refresh_from_db()
    make_run(other)
    group = other.groups.first()
    save_group(cycle=other, values=values_of(group, name_en="", name_zh="quokka"), by=None, group=group)
    issue = other.edition.issues.filter(parent__isnull=False).first()
    make_engagement(other, title_en="quokka", issues=[issue])
    survey = make_survey(other, code="quokka-survey")
    proposed = store_proposal(
        ProposalValues("change", issue, reason="Clearer", source=f"{survey.code}/0123"), origin="respondent", by=None
    )
    files = [
        request_output(cycle=each, kind=kind, format="csv", language="en", by=None, send=False)
        for each, kind in ((other, "issue-list"), (cycle, "year-comparison"))
    ]
    for output in files:
        jobs.execute(str(output.job_id))
    waiting = request_output(cycle=other, kind="issue-list", format="csv", language="en", by=None, send=False)
    sheet = take_in("groups", scope_of("groups", cycle=other), "quokka.csv", b"group,name_en\nx,quokka\n")
    pages = [
        "/", "/search/?q=quokka", "/cycles/", "/library/", "/library/editions/", "/library/calendar/",
        "/library/coverage/?framework=GRI:2016", "/library/translations/", "/library/translations/export.csv",
        "/sheets/", "/sheets/export/translations.csv", "/sheets/export/proposals.csv", "/library/proposals/",
        f"/library/proposals/{proposed.pk}/", f"/library/{issue.edition.code}/{issue.code}/",
        f"/sheets/{sheet.pk}/", f"/jobs/{waiting.job_id}/", "/cycles/demo/years/",
        "/cycles/demo/years/?since=quokka-year", f"/cycles/demo/scores/{issue.code}/", "/cycles/demo/matrix/",
        "/cycles/demo/matrix/?since=quokka-year",
    ]  # fmt: skip

    def telling() -> list[str]:
        found = []
        for page in pages:
            response = client.get(page)
            text = b"".join(response).decode() if response.status_code == 200 else ""
            for echo in (page, 'value="quokka"', "“quokka”", "since=quokka-year"):
                text = text.replace(echo, "")
            found += [page] if "quokka" in text else []
        return found

    log_in(client, "analyst")
    silent = {
        "/library/",
        "/library/editions/",
        "/library/calendar/",
        "/library/coverage/?framework=GRI:2016",
        "/sheets/",
    }
    assert set(pages) - set(telling()) == silent
    log_in(client, "viewer").cycles.add(cycle)
    for state in ("open", "signed_off"):
        move(other, state)
        assert telling() == []
        assert client.get(f"/cycles/demo/outputs/{files[1].pk}/file/").status_code == 404
        assert "quokka" not in client.get("/cycles/demo/outputs/").content.decode()


def test_texts_of_a_table_are_asked_in_the_languages_of_the_cycle(staff):
    Cycle.objects.filter(code="demo").update(languages=["zh", "ko"])
    address = reverse("table_texts", args=["demo", "sdg-table"])
    page = staff.get(address).content.decode()
    assert 'name="1:ko"' in page and 'name="1:en"' not in page
    assert staff.post(address, {"1:zh": "我们的贡献", "1:ko": "우리의 기여"}).status_code == 302
    assert own_texts(Cycle.objects.get(code="demo"), "sdg-table")["1"] == {
        "text_zh": "我们的贡献", "text_en": "", "text_ko": "우리의 기여",
    }  # fmt: skip
