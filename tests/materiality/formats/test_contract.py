"""Headings of sheets are a contract with whoever keeps files; and resources are django-import-export's."""

import pytest
import tablib
from import_export.resources import ModelResource

from materiality.actions.tables import KINDS
from materiality.formats.stakeholders import GroupResource, groups_file
from materiality.models import Group, StakeholderPoint
from materiality.tables.imports import StrictResource, sheet_file
from materiality.tables.widgets import Scope
from surveys.invitations.recipients import COLUMNS as RECIPIENT_COLUMNS
from tests.factories.cycles import make_cycle
from tests.factories.sheets import draft_of_small_library

HEADINGS = {
    "issues": "code category parent_code name_zh name_en definition_zh definition_en gri_2016 gri_2021 sdgs esrs"
    " cn_exchange hkex groups status",
    "mappings": "issue framework edition disclosure type",
    "framework": "framework edition code parent_code kind title_zh title_en official_zh official_en code_official"
    " in_force_from in_force_until replaced_by",
    "categories": "category name_zh name_en order status",
    "groups": "group name_zh name_en definition_zh definition_en side weight_society weight_business target",
    "own_groups": "group name_zh name_en definition_zh definition_en side weight_society weight_business target",
    "indicators": "issue indicator name_zh name_en unit baseline_year baseline target_year target source owner",
    "framework_values": "issue framework code value unit",
    "stakeholders": "group kind text_zh text_en order frequency",
    "figures": "group issue dimension n mean scale score sd source",
    "proposals": "kind issue name_zh name_en text_zh text_en reason source",
    "translations": "key kind where field text_zh text_en state",
}


@pytest.mark.parametrize("kind", KINDS)
def test_headings_of_a_sheet_are_those_of_the_contract(kind, library_rows):
    names = [column.name for column in KINDS[kind].columns() if not column.name.isdecimal()]
    exported = [name for name in KINDS[kind].resource(Scope()).get_export_headers() if not name.isdecimal()]
    assert names == exported == HEADINGS[kind].split()


def test_headings_of_recipients_are_those_of_the_contract():
    assert RECIPIENT_COLUMNS == ("email", "name", "group", "language")


def test_resources_replace_five_methods_of_the_library_and_no_more():
    ours = [cls for kind in KINDS.values() for cls in kind.resource.__mro__ if issubclass(cls, StrictResource)]
    replaced = {name for cls in ours for name, held in vars(cls).items() if callable(held) and _is_the_librarys(name)}
    assert replaced == {"init_instance", "import_instance", "skip_row", "bulk_create", "bulk_update"}


def _is_the_librarys(name: str) -> bool:
    return not name.startswith("__") and callable(getattr(ModelResource, name, None))


def stock(resource: StrictResource, contents: bytes, dry_run: bool = False):
    """What anybody does with a resource: no plan, no reader of ours."""
    data = tablib.Dataset().load(contents.decode("utf-8-sig"), format="csv")
    return resource.import_data(data, dry_run=dry_run, raise_errors=False)


@pytest.mark.django_db
def test_groups_file_goes_through_the_stock_flow():
    cycle = make_cycle()
    lines = groups_file(cycle, "csv").decode().splitlines()
    lines[1] = lines[1].replace(cycle.groups.first().name_en, "Renamed")
    contents = "\n".join([*lines, "new,新的,New,,,internal,1,2,30"]).encode()
    tried = stock(GroupResource(Scope(cycle=cycle)), contents, dry_run=True)
    assert (tried.totals["new"], tried.totals["update"], tried.totals["skip"]) == (1, 1, len(lines) - 2)
    assert not Group.objects.filter(name__en__in=["New", "Renamed"]).exists()
    assert not stock(GroupResource(Scope(cycle=cycle)), contents).has_errors()
    assert Group.objects.filter(cycle=cycle, name__en__in=["New", "Renamed"]).count() == 2


@pytest.mark.django_db
def test_issues_file_goes_through_the_stock_flow_with_parents_and_mappings():
    draft = draft_of_small_library()
    header, *rows = sheet_file(KINDS["issues"].resource(Scope(edition=draft)), "csv").decode().splitlines()
    below = ["SOC-09-01,society,SOC-09,下,Below,,,,305-1,,active", "SOC-09,society,,上,Above,,,,,,active"]
    assert header.endswith(",definition_en,gri_2016,gri_2021,groups,status")  # what is installed
    contents = "\n".join([header, *rows, *reversed(below)]).encode()
    assert not stock(KINDS["issues"].resource(Scope(edition=draft)), contents).has_errors()
    issue = draft.issues.get(code="SOC-09-01")
    assert (issue.parent.code, issue.mappings.get().disclosure.code) == ("SOC-09", "305-1")


@pytest.mark.django_db
def test_bad_cell_is_told_by_the_stock_flow_in_a_sentence():
    cycle = make_cycle()
    contents = b"group,kind,text_zh,text_en,order\nusers,channel,,Hotline,1\nnobody,channel,,Hotline,x\n"
    result = stock(KINDS["stakeholders"].resource(Scope(cycle=cycle)), contents, dry_run=True)
    told = [str(message) for row in result.invalid_rows for message in row.error.messages]
    assert len(result.invalid_rows) == 1 and len(told) == 2 and "nobody" in told[0]
    assert not StakeholderPoint.objects.exists()
