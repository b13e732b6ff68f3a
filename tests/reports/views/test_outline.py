"""Pages of the outline: table, upload, download, one section."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from materiality.models import Cycle, Job
from materiality.models.people import Role
from materiality.platform import jobs
from reports.models import OutlineImport
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of, outline_rows
from tests.factories.people import log_in
from tests.factories.reports import OUTLINE, make_cycle, outline_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, library, media):
    log_in(client)
    return client


def upload(client, cycle, contents: bytes, edition="2016", **fields):
    data = {"file": SimpleUploadedFile("outline.csv", contents), "gri_edition": edition, "mode": "replace"} | fields
    return client.post(reverse("outline", args=[cycle.code]), data)


def preview(client, cycle, contents: bytes, edition="2016", **fields) -> str:
    """The address of the page that shows what a worker has read."""
    assert upload(client, cycle, contents, edition, **fields).status_code == 302
    job = Job.objects.order_by("-created_at").first()
    jobs.execute(str(job.pk))
    job.refresh_from_db()
    return job.result["url"]


def store(client, cycle, contents: bytes, edition="2016") -> None:
    preview(client, cycle, contents, edition)
    imported = OutlineImport.objects.first()
    assert client.post(reverse("outline_confirm", args=[cycle.code, imported.pk])).status_code == 302


def entry(**changes) -> dict:
    return {"order": "1", "chapter": "章", "disclosures": "GRI 307; 102-1 ~ 102-3", "issues": "soc-03-01"} | changes


def test_outline_is_uploaded_shown_and_downloaded_again(staff):
    cycle = make_cycle()
    store(staff, cycle, OUTLINE.read_bytes())
    html = staff.get(reverse("outline", args=[cycle.code])).content.decode()
    filled = sum(bool(line[name]) for line in outline_lines() for name in ("issues", "disclosures"))
    assert html.count('<details class="codes">') == filled and "The outline is stored." in html
    assert 'title="Name of the organization">102-1<' in html
    for kind in ("csv", "xlsx"):
        file = staff.get(reverse("outline_export", args=[cycle.code, kind]))
        assert parse_outline(file.content, books_of(cycle)).rows == outline_rows(cycle)
        assert file["Content-Disposition"] == f'attachment; filename="{cycle.code}-outline.{kind}"'
    assert staff.get(reverse("outline_template", args=[cycle.code, "xlsx"])).content.startswith(b"PK")
    assert staff.get(reverse("outline_export", args=[cycle.code, "pdf"])).status_code == 404


def test_preview_shows_every_reading_by_state_and_what_may_be_decided(staff):
    cycle = make_cycle()
    page = preview(staff, cycle, b"order,chapter,disclosures\n1,<b>a</b>,102-99;102.1;103-3 Location of operations\n")
    html = staff.get(page).content.decode()
    assert "There is no disclosure 102-99 in any edition of the GRI Standards." in html and ">C2<" in html
    html = staff.get(page, {"state": "doubtful"}).content.decode()
    assert '<option value="102-4@2016">102-4 (2016) Location of operations</option>' in html
    assert "The dot is read as a hyphen." in staff.get(page, {"state": "repaired"}).content.decode()
    html = staff.get(page, {"state": "taken"}).content.decode()
    assert "&lt;b&gt;a" in html and outline_rows(cycle) == []


def test_doubt_is_decided_and_the_rest_dropped_at_once(staff):
    cycle = make_cycle()
    preview(staff, cycle, b"order,chapter,disclosures\n1,a,205-1;EN3;LA1;103-3 Location of operations\n")
    imported = OutlineImport.objects.get()
    places = [n for n, each in enumerate(imported.found["readings"]) if each["reading"]["state"] not in ("taken",)]
    choices = {f"choice-{place}": "" for place in places} | {f"choice-{places[-1]}": "102-4@2016", "all": "drop"}
    staff.post(reverse("outline_confirm", args=[cycle.code, imported.pk]), choices)
    assert [entry.key for entry in outline_rows(cycle)[0].entries] == ["205-1@2016", "102-4@2016"]


def test_texts_that_nobody_decided_are_shown(staff):
    cycle = make_cycle()
    store(staff, cycle, b"order,chapter,disclosures\n1,a,205-1;EN3\n")
    html = staff.get(reverse("outline", args=[cycle.code])).content.decode()
    assert "to decide: EN3" in html and "1 row holds texts that nobody has decided." in html


def test_stored_upload_is_undone_and_another_discarded(staff):
    cycle = make_cycle()
    store(staff, cycle, OUTLINE.read_bytes())
    first = OutlineImport.objects.get()
    assert b"Undo this import" in staff.get(reverse("outline_import", args=[cycle.code, first.pk])).content
    staff.post(reverse("outline_undo", args=[cycle.code, first.pk]))
    assert outline_rows(cycle) == []
    page = preview(staff, cycle, OUTLINE.read_bytes())
    staff.post(reverse("outline_discard", args=[cycle.code, OutlineImport.objects.first().pk]))
    assert b"This import was discarded" in staff.get(page).content and outline_rows(cycle) == []


def test_file_of_fewer_rows_says_that_all_others_go(client, cycle):
    log_in(client)
    html = client.get(preview(client, cycle, b"order,chapter,disclosures\n1,a,205-1\n")).content.decode()
    assert f"The outline has {cycle.sections.count()} rows now. All of them go; the 1 of this file" in html
    assert "All of them go" not in client.get(preview(client, make_cycle(), b"order,chapter\n1,a\n")).content.decode()


def test_pasted_text_goes_the_same_way(staff):
    cycle = make_cycle(gri_edition="2021")
    data = {"pasted": "能源\t302-1; 302-3\tP5\n员工\t401-1\tP9\n", "gri_edition": "2021", "mode": "append"}
    assert staff.post(reverse("outline", args=[cycle.code]), data).status_code == 302
    jobs.execute(str(Job.objects.get().pk))
    staff.post(reverse("outline_confirm", args=[cycle.code, OutlineImport.objects.get().pk]))
    assert [(row.section, row.locations, len(row.entries)) for row in outline_rows(cycle)] == [
        ("能源", ("P5",), 2), ("员工", ("P9",), 1),
    ]  # fmt: skip


def test_wrong_columns_are_named_with_the_nearest(staff):
    html = staff.get(preview(staff, make_cycle(), b"order,chaptr\n1,a\n")).content.decode()
    assert "The column “chaptr” is not known. Rename it or delete it. Nearest: chapter." in html
    assert "The column “chapter” is missing. Add it. Nearest: chaptr." in html


def test_upload_of_the_other_edition_changes_the_cycle(staff):
    cycle = make_cycle(gri_edition="2021")
    store(staff, cycle, OUTLINE.read_bytes(), "2016")
    assert Cycle.objects.get(pk=cycle.pk).gri_edition == "2016"


def test_upload_of_no_file_or_too_large_a_file_is_refused(staff, settings):
    cycle = make_cycle()
    response = staff.post(reverse("outline", args=[cycle.code]), {"gri_edition": "2016", "mode": "replace"})
    assert response.status_code == 422 and b"Choose a file or paste a text." in response.content
    settings.MAX_UPLOAD_BYTES = 1_000
    response = upload(staff, cycle, b"x" * 5_000_000)
    assert b"The file is larger than this installation takes." in response.content
    assert outline_rows(cycle) == []


def test_section_is_added_changed_and_removed(staff):
    cycle = make_cycle()
    assert staff.post(reverse("new_section", args=[cycle.code]), entry()).status_code == 302
    row = outline_rows(cycle)[0]
    assert (row.issues, [each.key for each in row.entries]) == (
        ("SOC-03-01",), ["307@2016", "102-1@2016", "102-2@2016", "102-3@2016"]
    )  # fmt: skip
    html = staff.get(reverse("section", args=[cycle.code, 1])).content.decode()
    assert "GRI 307; 102-1; 102-2; 102-3" in html
    staff.post(reverse("section", args=[cycle.code, 1]), entry(order="4", locations=" P9 \nP10"))
    assert [(row.order, row.locations) for row in outline_rows(cycle)] == [(4, ("P9", "P10"))]
    staff.post(reverse("remove_section", args=[cycle.code, 4]))
    assert outline_rows(cycle) == []
    assert staff.get(reverse("section", args=[cycle.code, 4])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": "0"}, "greater than or equal to 1"),
        ({"chapter": ""}, "Name the chapter"),
        ({"issues": "SOC-03-99; XX"}, "There is no issue “SOC-03-99”"),
        ({"disclosures": "102-99; 2-1"}, "is not in edition 2016"),
        ({"omission_reason": "no idea"}, "Select a valid choice"),
    ],
)
def test_section_with_a_mistake_is_shown_again(staff, changes, message):
    cycle = make_cycle()
    html = staff.post(reverse("new_section", args=[cycle.code]), entry(**changes)).content.decode()
    assert message in html and "Nothing was saved yet" in html
    assert outline_rows(cycle) == []


def test_section_keeps_what_cannot_be_read_where_that_is_wanted(staff):
    cycle = make_cycle()
    staff.post(reverse("new_section", args=[cycle.code]), entry(disclosures="102-1; EN3", hold="on"))
    assert [each.text for each in outline_rows(cycle)[0].entries if each.is_held] == ["EN3"]
    assert b"checked" in staff.get(reverse("section", args=[cycle.code, 1])).content


def test_section_on_a_taken_place_is_refused(staff):
    cycle = make_cycle()
    staff.post(reverse("new_section", args=[cycle.code]), entry())
    html = staff.post(reverse("new_section", args=[cycle.code]), entry(chapter="二")).content.decode()
    assert "Another section has the order 1 already." in html and len(outline_rows(cycle)) == 1


def test_viewers_see_the_outline_and_change_nothing(client, cycle):
    log_in(client, Role.VIEWER)
    html = client.get(reverse("outline", args=["demo"])).content.decode()
    assert "GRI Content Index" in html and "Import an outline" not in html
    refused = [
        upload(client, cycle, OUTLINE.read_bytes()),
        client.post(reverse("new_section", args=["demo"]), entry(order="99")),
        client.post(reverse("remove_section", args=["demo", 1])),
    ]
    assert [response.status_code for response in refused] == [403] * 3 and len(outline_rows(cycle)) == 24


def test_outline_takes_as_many_queries_for_24_rows_as_for_none(client, cycle):
    log_in(client)
    counts = []
    for code in (make_cycle().code, "demo"):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("outline", args=[code]))
        counts.append(len(queries))
    assert max(counts) <= 15 and counts[1] - counts[0] <= 1


def test_outline_of_many_rows_is_paged(staff):
    cycle = make_cycle()
    text = "order,chapter\n" + "".join(f"{n},章{n}\n" for n in range(1, 61))
    store(staff, cycle, text.encode())
    pages = (staff.get(reverse("outline", args=[cycle.code]), {"page": n}).content.decode() for n in (1, 2))
    first, second = (page.split("<tbody>")[1].split("</tbody>")[0] for page in pages)
    assert ("章50<" in first, "章51<" in first, "章51<" in second) == (True, False, True)
    assert first.count("<tr") == 50


@pytest.mark.parametrize(
    ("query", "orders"),
    [
        ("", [1, 2, 3]),
        ("?sort=location", [2, 1, 3]),
        ("?sort=disclosures", [1, 2, 3]),
        ("?lacks=location", [3]),
        ("?lacks=held", [2]),
        ("?q=302", [1]),
        ("?chapter=B&lacks=issues", [2, 3]),
    ],
)
def test_outline_is_sorted_narrowed_and_downloaded_as_shown(staff, query, orders):
    cycle = make_cycle(gri_edition="2021")
    text = "order,chapter,disclosures,location\n1,A,302-1;302-3,P10\n2,B,205-1;EN3,P9\n3,B,,\n"
    store(staff, cycle, text.encode(), edition="2021")
    page = staff.get(reverse("outline", args=[cycle.code]) + query)
    assert [line.row.order for line in page.context["lines"]] == orders
    file = staff.get(reverse("outline_export", args=[cycle.code, "csv"]) + query)
    assert [row.order for row in parse_outline(file.content, books_of(cycle)).rows] == sorted(orders)
