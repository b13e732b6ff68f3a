"""Groups of a cycle from files."""

import pytest
from django.utils import translation

from materiality.actions.tables import confirm, undo
from materiality.formats.stakeholders import GROUP_COLUMNS, SHEET_COLUMNS, GroupResource
from materiality.forms.stakeholders import GroupForm
from materiality.models import Group
from materiality.platform.bilingual import Texts, text_columns
from materiality.platform.refusals import NotAllowed
from materiality.platform.words import field_changes
from materiality.tables.headers import edited_fields
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle, move
from tests.factories.sheets import csv_file, plan_of, problems_in, upload

pytestmark = pytest.mark.django_db

NEW = {"group": "suppliers", "name_zh": "供应商", "name_en": "Suppliers"}
NEW |= {"side": "", "weight_society": "0.5", "target": "20"}


@pytest.fixture
def cycle():
    return make_cycle()


def test_groups_are_added_changed_and_put_back(cycle):
    rows = [NEW, {**NEW, "group": "media", "name_zh": "媒体", "name_en": "Press", "side": "external"}]
    imported = confirm(upload("groups", csv_file(rows), cycle=cycle), by=None)
    new = cycle.groups.get(code="suppliers")
    assert (new.side, new.weight_society, new.weight_business, new.target, new.order) == ("external", 0.5, 1, 20, 7)
    assert cycle.groups.get(code="media").name_en == "Press"
    undo(imported, by=None)
    assert not cycle.groups.filter(code="suppliers").exists()
    assert cycle.groups.get(code="media").name_en != "Press"


def test_groups_every_bad_cell_is_told(cycle):
    rows = [{**NEW, "side": "outside", "weight_society": "-1", "target": "many"}]
    assert problems_in(plan_of(GroupResource(Scope(cycle=cycle)), rows)) == [
        (2, "side", "unknown_side"),
        (2, "weight_society", "not_a_positive_number"),
        (2, "target", "not_a_number"),
    ]


def test_groups_code_that_is_no_code_is_told(cycle):
    found = plan_of(GroupResource(Scope(cycle=cycle)), [{**NEW, "group": "our suppliers"}])
    assert problems_in(found) == [(2, "group", "invalid")]


def test_groups_come_no_more_after_fieldwork(cycle):
    found = plan_of(GroupResource(Scope(cycle=move(cycle, "closed"))), [NEW, {"group": "media", "target": "5"}])
    assert problems_in(found) == [(2, "group", "no_new_group")]
    assert found.rows[1].cells == {"target": [str(cycle.groups.get(code="media").target), "5"]}


def test_groups_without_any_weight_are_refused_as_a_whole(cycle):
    rows = [{"group": group.code, "weight_society": "0"} for group in cycle.groups.all()]
    imported = upload("groups", csv_file(rows), cycle=cycle)
    with pytest.raises(NotAllowed):
        confirm(imported, by=None)
    assert cycle.groups.filter(weight_society=0).count() == 0


def test_groups_whole_number_written_otherwise_is_unchanged(cycle):
    found = plan_of(GroupResource(Scope(cycle=cycle)), [{"group": "users", "weight_society": "1.0", "target": "9,000"}])
    assert [row.state for row in found.rows] == ["unchanged"]


def test_headers_of_the_groups_sheet_are_those_of_the_contract():
    header = "group name_zh name_en definition_zh definition_en side weight_society weight_business target"
    assert tuple(header.split()) == GROUP_COLUMNS


@pytest.mark.parametrize("heading", ["Group code", "利益相关方编码", "利益相关方代码", "Code", "编码", "代码"])
def test_headings_of_older_files_are_still_known(heading):
    assert heading in SHEET_COLUMNS[0].titles


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_people_edit_in_a_group_is_in_form_sheet_and_audit_trail_in_the_words_of_the_model(language):
    group = make_cycle().groups.first()
    edited = edited_fields(Group)
    words = text_columns(Group)
    names = [name for name in words if name.endswith(("_zh", "_en"))]
    names += [field.name for field in edited if not isinstance(field, Texts)]
    sheet = {column.attribute: column for column in SHEET_COLUMNS}
    form = GroupForm(instance=group)
    assert set(form.fields) == set(sheet) == set(names)
    with translation.override(language):
        form = GroupForm(instance=group)
        for name in names:
            field = Group._meta.get_field(name) if name not in words else words[name].field
            said = str(field.verbose_name) if name not in words else field.label(words[name].language)
            (change,) = field_changes("materiality.group", {}, {name: "x"})
            assert (form[name].label, str(sheet[name].title), change.name) == (said,) * 3
            assert form[name].help_text == field.help_text
