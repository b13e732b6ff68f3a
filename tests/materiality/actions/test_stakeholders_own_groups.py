"""Groups of the organisation: with the first library, by page and sheet, and as what a cycle starts from."""

import pytest
from django.core.management import call_command

from materiality.actions.cycles import open_cycle
from materiality.actions.library import load_library
from materiality.actions.tables import confirm
from materiality.formats.issues import IssueResource
from materiality.models import Edition, OwnGroup
from materiality.platform.hooks import standings
from materiality.tables.widgets import Scope
from tests.factories.cycles import details
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, plan_of, upload

pytestmark = pytest.mark.django_db


def library_file(tmp_path, groups: str = "customers;investors"):
    """Case lib-own-groups."""
    names = "code category parent_code name_zh name_en definition_zh definition_en gri_2016 gri_2021 sdgs esrs"
    blank = dict.fromkeys([*names.split(), "cn_exchange", "hkex", "groups", "status"], "")
    rows = [
        {"code": "SA-01", "category": "society", "name_zh": "健康", "name_en": "Health"},
        {"code": "SA-01-01", "category": "society", "parent_code": "SA-01", "name_zh": "安全", "name_en": "Safety"},
    ]
    rows[1]["groups"] = groups
    path = tmp_path / "library.csv"
    path.write_bytes(csv_file([blank | row for row in rows]))
    return path


def test_first_library_with_groups_of_its_own_goes_in_and_a_cycle_starts_from_them(tmp_path, capsys):
    call_command("load_library", library_file(tmp_path))
    assert "customers, investors" in capsys.readouterr().out
    assert list(OwnGroup.objects.values_list("code", flat=True)) == ["customers", "investors"]
    cycle = open_cycle(**details("year"), by=None)
    assert list(cycle.groups.values_list("code", flat=True)) == ["customers", "investors"]
    standing = next(each for step, each in standings(cycle) if step.key == "groups")
    assert not standing.done and standing.missing  # until somebody has looked


def test_model_library_brings_its_six_groups_once(library_rows):
    assert OwnGroup.objects.count() == 6
    assert load_library(by=None).groups == ()


def test_file_names_a_new_group_as_a_question_and_a_slip_as_an_error(library_rows):
    resource = IssueResource(Scope(edition=Edition.objects.get()))
    found = plan_of(resource, [{"code": "ENV-01-01", "groups": "investors;users"}])
    assert found.rows[0].cells["groups"][1] == "users;investors"
    assert [problem.kind for problem in found.rows[0].warnings] == ["new_group"]
    wrong = plan_of(resource, [{"code": "ENV-01-01", "groups": "medias"}])
    assert [(each.kind, each.nearest) for each in wrong.rows[0].problems] == [("unknown_group", ("media",))]
    confirm(upload("issues", csv_file([{"code": "ENV-01-01", "groups": "investors;users"}])), by=None)
    assert OwnGroup.objects.filter(code="investors").exists()


def test_groups_are_added_changed_and_removed_on_their_page(client, library_rows):
    log_in(client)
    told = {"name_zh": "投资者", "name_en": "Investors", "side": "external", "weight_society": "1",
            "weight_business": "2", "target": "10"}  # fmt: skip
    client.post("/library/groups/new/", {"code": "investors", **told})
    assert OwnGroup.objects.get(code="investors").weight_business == 2
    client.post("/library/groups/investors/", {"code": "investors", **told, "name_en": "Owners"})
    page = client.get("/library/groups/").content.decode()
    assert "Owners" in page and "Users" in page
    refused = client.post("/library/groups/users/remove/", follow=True).content.decode()
    assert "Take it out of them first." in refused
    client.post("/library/groups/investors/remove/")
    assert OwnGroup.objects.count() == 6
    client.logout()
    log_in(client, "viewer")
    assert client.post("/library/groups/users/remove/").status_code == 403


def test_groups_of_the_organisation_come_by_sheet(library_rows):
    row = {"group": "investors", "name_zh": "投资者", "name_en": "Investors", "side": "external", "target": "5"}
    confirm(upload("own_groups", csv_file([row])), by=None)
    group = OwnGroup.objects.get(code="investors")
    assert (group.order, group.target, group.weight_society) == (7, 5, 1)
