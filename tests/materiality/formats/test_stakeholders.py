"""Lists of stakeholder groups as files."""

import csv
import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from materiality.actions.tables import confirm, undo
from materiality.formats.stakeholders import GROUP_COLUMNS, StakeholderResource, groups_file
from materiality.models import Group, StakeholderPoint
from materiality.platform.refusals import NotAllowed
from materiality.tables.imports import sheet_file
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle, move
from tests.factories.sheets import csv_file, plan_of, problems_in, upload
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle()


def read_points(cycle) -> list[dict]:
    return list(
        csv.DictReader(io.StringIO(sheet_file(StakeholderResource(Scope(cycle=cycle)), "csv").decode("utf-8-sig")))
    )


def row(text: str, order: str = "", group: str = "users", kind: str = "channel") -> dict:
    return {"group": group, "kind": kind, "text_zh": "", "text_en": text, "order": order}


def stored(cycle) -> list[tuple]:
    rows = StakeholderPoint.objects.filter(group__cycle=cycle).order_by("group__code", "kind", "order")
    return list(rows.values_list("group__code", "kind", "order", "text__en"))


def test_stakeholders_rows_without_a_place_come_at_the_end_in_their_order(cycle):
    confirm(upload("stakeholders", csv_file([row("First", "1")]), cycle=cycle), by=None)
    confirm(upload("stakeholders", csv_file([row("Second"), row("Third")]), cycle=cycle), by=None)
    assert [row[2:] for row in stored(cycle)] == [(1, "First"), (2, "Second"), (3, "Third")]


def test_stakeholders_row_without_a_place_that_is_there_already_is_unchanged(cycle):
    confirm(upload("stakeholders", csv_file([row("First", "4")]), cycle=cycle), by=None)
    found = plan_of(StakeholderResource(Scope(cycle=cycle)), [row("First")])
    assert [(each.state, each.key) for each in found.rows] == [("unchanged", ("users", "channel", "4"))]


def test_stakeholders_words_and_names_are_taken_for_codes(cycle):
    found = plan_of(
        StakeholderResource(Scope(cycle=cycle)), [row("x", group="usres"), row("x", kind="chanel"), row("")]
    )
    assert problems_in(found) == [(2, "group", "unknown_group"), (3, "kind", "unknown_kind"), (4, "text_zh", "no_text")]
    assert found.rows[0].problems[0].nearest == ("users",)


def test_stakeholders_undo_takes_new_rows_away_and_puts_texts_back(cycle):
    confirm(upload("stakeholders", csv_file([row("First", "1")]), cycle=cycle), by=None)
    imported = confirm(upload("stakeholders", csv_file([row("Changed", "1"), row("New", "2")]), cycle=cycle), by=None)
    assert stored(cycle) == [("users", "channel", 1, "Changed"), ("users", "channel", 2, "New")]
    undo(imported, by=None)
    assert stored(cycle) == [("users", "channel", 1, "First")]


def test_stakeholders_are_refused_once_the_cycle_is_signed_off(cycle):
    with pytest.raises(NotAllowed):
        upload("stakeholders", csv_file([row("First")]), cycle=move(cycle, "signed_off"))


def read_csv(data: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_groups_file_as_csv_holds_the_columns_of_the_format():
    rows = read_csv(groups_file(make_cycle(), "csv"))
    assert tuple(rows[0]) == GROUP_COLUMNS
    assert [row["group"] for row in rows] == [
        "users", "employees", "creators_partners", "government", "media", "community",
    ]  # fmt: skip
    assert (rows[1]["name_zh"], rows[1]["side"], rows[1]["weight_society"]) == ("员工", "internal", "1")


def test_groups_file_as_xlsx_keeps_numbers_as_numbers():
    sheet = load_workbook(io.BytesIO(groups_file(make_cycle(), "xlsx")))["groups"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == GROUP_COLUMNS
    assert rows[1][6:] == (1, 1, 9000)


def test_groups_file_neutralises_what_looks_like_a_formula():
    cycle = make_cycle()
    reword(Group.objects.filter(cycle=cycle, code="users"), name_en="=1+1")
    assert read_csv(groups_file(cycle, "csv"))[0]["name_en"] == "'=1+1"
    cell = load_workbook(io.BytesIO(groups_file(cycle, "xlsx")))["groups"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_table_as_reports_print_it_becomes_points_with_their_frequency(cycle):
    Group.objects.filter(cycle=cycle).delete()
    for order, (code, name) in enumerate((("public", "Public"), ("partner", "Partner")), start=1):
        Group.objects.create(cycle=cycle, code=code, name_zh=name, name_en=name, order=order)
    text = (
        "Stakeholder group,Expectations,Channels,Frequency,Response\n"
        "Public,Clean air; jobs,Hotline; meetings,Monthly,Open day\n"
        "Partner,Fair terms,Forum,Yearly,行为准则\n"
    )
    confirm(upload("stakeholders", text.encode(), cycle=cycle), by=None)
    points = StakeholderPoint.objects.order_by("group__order", "kind", "order")
    assert [(p.group.code, p.kind, p.text_en or p.text_zh, p.frequency) for p in points] == [
        ("public", "channel", "Hotline", "Monthly"),
        ("public", "channel", "meetings", "Monthly"),
        ("public", "expectation", "Clean air", ""),
        ("public", "expectation", "jobs", ""),
        ("public", "response", "Open day", ""),
        ("partner", "channel", "Forum", "Yearly"),
        ("partner", "expectation", "Fair terms", ""),
        ("partner", "response", "行为准则", ""),
    ]
    with override("zh-hans"):
        assert [point.often for point in points[:2]] == ["每月", "每月"]


def test_long_table_carries_the_frequency_and_comes_back_as_it_was(cycle):
    text = (
        "group,kind,text_zh,text_en,order,frequency\nusers,channel,热线,Hotline,1,每月\nusers,channel,年会,Meeting,2,\n"
    )
    confirm(upload("stakeholders", text.encode(), cycle=cycle), by=None)
    rows = read_points(cycle)
    assert [(row["text_en"], row["frequency"]) for row in rows] == [("Hotline", "每月"), ("Meeting", "")]
