"""Pages of the outline: table, upload, download, one section."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from materiality.models import Cycle
from materiality.models.people import Role
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of, outline_rows
from tests.factories.people import log_in
from tests.factories.reports import OUTLINE, make_cycle, outline_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, library, media):
    log_in(client)
    return client


def upload(client, cycle, contents: bytes, edition="2016"):
    data = {"file": SimpleUploadedFile("outline.csv", contents), "gri_edition": edition}
    return client.post(reverse("outline", args=[cycle.code]), data)


def entry(**changes) -> dict:
    return {"order": "1", "chapter": "章", "disclosures": "GRI 307; 102-1 ~ 102-3", "issues": "soc-03-01"} | changes


def test_outline_is_uploaded_shown_and_downloaded_again(staff):
    cycle = make_cycle()
    assert upload(staff, cycle, OUTLINE.read_bytes()).status_code == 302
    html = staff.get(reverse("outline", args=[cycle.code])).content.decode()
    filled = sum(bool(line[name]) for line in outline_lines() for name in ("issues", "disclosures"))
    assert html.count('<details class="codes">') == filled and "The outline now has 24 rows." in html
    assert 'title="Name of the organization">102-1<' in html
    for kind in ("csv", "xlsx"):
        file = staff.get(reverse("outline_export", args=[cycle.code, kind]))
        assert parse_outline(file.content, books_of(cycle)).rows == outline_rows(cycle)
        assert file["Content-Disposition"] == f'attachment; filename="{cycle.code}-outline.{kind}"'
    assert staff.get(reverse("outline_template", args=[cycle.code, "xlsx"])).content.startswith(b"PK")
    assert staff.get(reverse("outline_export", args=[cycle.code, "pdf"])).status_code == 404


def test_every_mistake_of_an_upload_is_listed_and_nothing_stored(staff):
    cycle = make_cycle()
    response = upload(staff, cycle, b"order,chapter,issues,disclosures\n1,<b>a</b>,SOC-99,102-99\nx,,,\n")
    html = response.content.decode()
    assert response.status_code == 422 and "4 things are wrong in the file; nothing was stored." in html
    assert [f">{cell}<" in html for cell in ("C2", "D2", "A3", "B3")] == [True] * 4
    assert "there is no disclosure 102-99 in GRI edition 2016. Nearest:" in html
    assert outline_rows(cycle) == []


def test_wrong_columns_are_named_with_the_nearest(staff):
    html = upload(staff, make_cycle(), b"order,chaptr\n1,a\n").content.decode()
    assert "The column “chaptr” is not known. Rename it or delete it. Nearest: chapter." in html
    assert "The column “chapter” is missing. Add it. Nearest: chaptr." in html


def test_upload_of_the_other_edition_changes_the_cycle(staff):
    cycle = make_cycle(gri_edition="2021")
    assert upload(staff, cycle, OUTLINE.read_bytes(), "2021").status_code == 422
    assert upload(staff, cycle, OUTLINE.read_bytes(), "2016").status_code == 302
    assert Cycle.objects.get(pk=cycle.pk).gri_edition == "2016"


def test_upload_of_no_file_or_too_large_a_file_is_refused(staff, settings):
    cycle = make_cycle()
    response = staff.post(reverse("outline", args=[cycle.code]), {"gri_edition": "2016"})
    assert response.status_code == 422 and b"This field is required" in response.content
    settings.MAX_UPLOAD_BYTES = 1_000
    response = upload(staff, cycle, b"x" * 5_000_000)
    assert b"The file is larger than this installation takes." in response.content
    assert outline_rows(cycle) == []


def test_section_is_added_changed_and_removed(staff):
    cycle = make_cycle()
    assert staff.post(reverse("new_section", args=[cycle.code]), entry()).status_code == 302
    row = outline_rows(cycle)[0]
    assert (row.issues, row.disclosures) == (("SOC-03-01",), ("307-1", "102-1", "102-2", "102-3"))
    html = staff.get(reverse("section", args=[cycle.code, 1])).content.decode()
    assert "307-1; 102-1; 102-2; 102-3" in html
    staff.post(reverse("section", args=[cycle.code, 1]), entry(order="4", location=" P9 "))
    assert [(row.order, row.location) for row in outline_rows(cycle)] == [(4, "P9")]
    staff.post(reverse("remove_section", args=[cycle.code, 4]))
    assert outline_rows(cycle) == []
    assert staff.get(reverse("section", args=[cycle.code, 4])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": "0"}, "greater than or equal to 1"),
        ({"chapter": ""}, "Name the chapter"),
        ({"issues": "SOC-03-99; XX"}, "There is no issue “SOC-03-99”"),
        ({"disclosures": "102-99; 2-1"}, "belongs to GRI edition 2021"),
        ({"omission_reason": "no idea"}, "Select a valid choice"),
    ],
)
def test_section_with_a_mistake_is_shown_again(staff, changes, message):
    cycle = make_cycle()
    html = staff.post(reverse("new_section", args=[cycle.code]), entry(**changes)).content.decode()
    assert message in html and "Nothing was saved yet" in html
    assert outline_rows(cycle) == []


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


def test_outline_takes_as_many_queries_for_24_rows_as_for_none(staff, cycle):
    counts = []
    for code in (make_cycle().code, "demo"):
        with CaptureQueriesContext(connection) as queries:
            staff.get(reverse("outline", args=[code]))
        counts.append(len(queries))
    assert max(counts) <= 15 and counts[1] - counts[0] <= 1


def test_outline_of_many_rows_is_paged(staff):
    cycle = make_cycle()
    text = "order,chapter\n" + "".join(f"{n},章{n}\n" for n in range(1, 61))
    upload(staff, cycle, text.encode())
    first, second = (staff.get(reverse("outline", args=[cycle.code]), {"page": n}).content.decode() for n in (1, 2))
    assert ("章50<" in first, "章51<" in first, "章51<" in second) == (True, False, True)
    assert first.count("<tr") == 51
