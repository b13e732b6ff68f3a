"""The printable sheet of an issue."""

import pytest

from materiality.models import Issue
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("issue", ["ENV-01-01", "ENV-01"])
def test_sheet_is_a_pdf_of_its_own(client, language, issue):
    make_run(make_cycle(code="spring"), {"media": 3})
    log_in(client, "committee", language=language)
    response = client.get(f"/cycles/spring/scores/{issue}/sheet.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content.startswith(b"%PDF") and f"spring-1-{issue}.pdf" in response["Content-Disposition"]


def test_page_of_an_issue_with_a_dot_in_its_code_leads_to_its_sheet(client):
    cycle = make_cycle(code="spring")
    with thawed():
        Issue.objects.filter(code="ENV-01-01").update(code="E1.1")
    make_run(cycle, {"media": 3})
    log_in(client, "committee")
    sheet = "/cycles/spring/scores/E1.1/sheet.pdf"
    assert f'href="{sheet}' in client.get("/cycles/spring/scores/E1.1/").content.decode()
    assert client.get(sheet).status_code == 200


def test_sheet_of_what_is_not_there_is_not_found(client):
    cycle = make_cycle(code="spring")
    log_in(client, "committee")
    assert client.get("/cycles/spring/scores/ENV-01-01/sheet.pdf").status_code == 404
    make_run(cycle)
    assert client.get("/cycles/spring/scores/ENV-01-01/sheet.pdf?run=7").status_code == 404


def test_sheet_is_for_those_who_logged_in(client):
    make_run(make_cycle(code="spring"))
    assert client.get("/cycles/spring/scores/ENV-01-01/sheet.pdf").status_code == 302
