"""Pages of the stakeholder groups."""

import io

import pytest
from openpyxl import load_workbook

from materiality.models import OwnGroup
from tests.factories.cycles import make_cycle, move, new_group_values, values_of
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, upload
from tests.factories.surveys import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(code="spring")


def test_groups_show_weights_as_shares(client, cycle):
    cycle.groups.filter(code="users").update(weight_society=5)
    log_in(client)
    text = client.get("/cycles/spring/groups/").content.decode()
    assert "50%" in text
    assert "The method is balanced" in text


def test_groups_say_so_where_the_method_is_pooled(client, cycle):
    cycle.method["weighting"] = "by_response"
    cycle.save()
    log_in(client)
    assert "The method is pooled" in client.get("/cycles/spring/groups/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("analyst", 302)])
def test_new_group_is_added_by_those_who_may(client, cycle, role, status):
    log_in(client, role)
    response = client.post("/cycles/spring/groups/new/", new_group_values("suppliers"))
    assert (response.status_code, cycle.groups.filter(code="suppliers").exists()) == (status, status == 302)


@pytest.mark.parametrize(("role", "status", "target"), [("administrator", 403, 300), ("lead", 302, 77)])
def test_group_is_changed_by_those_who_may(client, cycle, role, status, target):
    log_in(client, role)
    values = values_of(cycle.groups.get(code="media"), target=77)
    assert client.post("/cycles/spring/groups/edit/media/", values).status_code == status
    assert cycle.groups.get(code="media").target == target


def test_group_left_without_any_weight_is_refused_with_the_reason(client, cycle):
    cycle.groups.exclude(code="media").update(weight_society=0)
    log_in(client)
    values = values_of(cycle.groups.get(code="media"), weight_society=0)
    text = client.post("/cycles/spring/groups/edit/media/", values).content.decode()
    assert "All groups have the weight 0 for “Impact on society”." in text
    assert cycle.groups.get(code="media").weight_society == 1


def test_group_of_another_cycle_is_not_found(client, cycle):
    make_cycle(code="autumn").groups.filter(code="media").update(code="press")
    log_in(client)
    assert client.get("/cycles/spring/groups/edit/press/").status_code == 404


@pytest.mark.parametrize(("role", "status", "left"), [("viewer", 403, 6), ("analyst", 302, 5)])
def test_remove_group_is_for_those_who_may(client, cycle, role, status, left):
    log_in(client, role)
    assert client.post("/cycles/spring/groups/remove/media/").status_code == status
    assert cycle.groups.count() == left


def test_remove_group_that_people_answered_as_says_why_it_stays(client, plain_survey):
    draft = make_draft(plain_survey)
    log_in(client)
    address = f"/cycles/{draft.survey.cycle.code}/groups/remove/{draft.group.code}/"
    assert "People have answered as" in client.post(address, follow=True).content.decode()


def test_groups_after_fieldwork_can_be_changed_but_not_added(client, cycle):
    move(cycle, "closed")
    log_in(client)
    text = client.get("/cycles/spring/groups/").content.decode()
    assert ("/groups/new/" in text, "/groups/edit/media/" in text) == (False, True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_groups_are_downloaded_as_a_file(client, cycle, kind):
    log_in(client, "viewer")
    response = client.get(f"/cycles/spring/groups/export.{kind}")
    assert response.headers["Content-Disposition"] == f'attachment; filename="spring-groups.{kind}"'
    assert response.content.startswith(b"\xef\xbb\xbfgroup," if kind == "csv" else b"PK")


def test_groups_in_an_unknown_format_are_not_found(client, cycle):
    log_in(client)
    assert client.get("/cycles/spring/groups/export.pdf").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_groups_ask_few_queries(client, cycle, number, django_assert_max_num_queries):
    for place in range(number):
        cycle.groups.create(code=f"extra-{place}", name_zh="另一方", name_en="Extra")
    log_in(client)
    with django_assert_max_num_queries(15):
        client.get("/cycles/spring/groups/")


NAMES = {"axis": {"society": {"en": "Impact on people"}}}


def test_weights_are_called_as_the_method_calls_its_axes_in_sheets_and_groups_of_the_organisation(client, cycle):
    cycle.method |= {"names": NAMES}
    cycle.save()
    log_in(client, language="en")
    OwnGroup.objects.create(code="customers", name={"en": "Customers"})
    for page in ("/cycles/spring/sheets/new/groups/", "/library/groups/", "/library/groups/customers/"):
        assert "Weight: Impact on people" in client.get(page).content.decode(), page
    for page in ("/cycles/spring/sheets/template/groups.xlsx", "/sheets/template/own_groups.xlsx"):
        heads = load_workbook(io.BytesIO(client.get(page).content)).active[1]
        notes = {cell.value: cell.comment.text for cell in heads}
        assert "Weight: Impact on people" in notes["weight_society"]
    for heading in ("Weight: Impact on people", "Weight for impact on society"):
        rows = [{"Code": "media", heading: "5"}]
        plan = upload("groups", csv_file(rows), cycle=cycle).plan
        assert plan["rows"][0][4] == {"weight_society": ["1", "5"]}
