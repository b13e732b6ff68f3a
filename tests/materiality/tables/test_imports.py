"""What was exported and is imported again changes nothing, whatever the texts are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from materiality.actions.tables import KINDS, match_of, plan_file, read_sheet_file
from materiality.models import Disclosure, Group, StakeholderPoint
from materiality.tables.imports import sheet_file
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle
from tests.factories.library import map_issue
from tests.factories.sheets import draft_of_small_library
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db

PIECES = [
    *(
        "=1+1",
        "+86",
        "-",
        "@SUM(A1)",
        "\t",
        "\r",
        "\r\n",
        "\n",
        '"',
        "'",
        "''=",
        ",",
        ";",
        "；",
        " ",
        "\u3000",
        "\ufeff",
    ),
    *("议题", "隐私保护。", "e\u0301", "😀", "_x0041_", "_x005F_x0041_", "x005F_", "#N/A text", "2-1", "1E5", "007"),
    *("\x0b", "\x1f", "\ufffe", "</c>", "&amp;", "TRUE", "None"),
]
letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
texts = st.lists(st.one_of(st.sampled_from(PIECES), letters), max_size=6)
texts = texts.map("".join)
relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changes(kind: str, scope: Scope, suffix: str) -> list[tuple]:
    """Rows that an import of the export would change, and everything that would be wrong."""
    resource = KINDS[kind].resource(scope)
    file = read_sheet_file(sheet_file(resource, suffix), f"x.{suffix}", resource)
    match = match_of(file, resource)
    assert match.is_certain
    plan = plan_file(resource, file, match.columns)
    states = [(row.state, row.cells, row.problems) for row in plan.rows if row.state != "unchanged"]
    return [*states, *plan.problems] if plan.others == 0 else [("others", plan.others)]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@relaxed
@given(words=st.tuples(texts, texts, texts, texts))
def test_issues_exported_and_imported_change_nothing(suffix, words):
    draft = test_issues_exported_and_imported_change_nothing.draft
    names = ("name_zh", "name_en", "definition_zh", "definition_en")
    values = dict(zip(names, words, strict=True))
    reword(draft.issues.filter(code="SOC-01-02"), **values)
    assert changes("issues", Scope(draft), suffix) == []


@pytest.fixture(autouse=True)
def _draft(request):
    test_issues_exported_and_imported_change_nothing.draft = draft_of_small_library()
    test_stakeholders_exported_and_imported_change_nothing.cycle = make_cycle()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@relaxed
@given(words=st.tuples(texts, texts))
def test_stakeholders_exported_and_imported_change_nothing(suffix, words):
    cycle = test_stakeholders_exported_and_imported_change_nothing.cycle
    group = cycle.groups.first()
    StakeholderPoint.objects.filter(group=group).delete()
    StakeholderPoint.objects.create(group=group, kind="channel", order=3, text_zh=words[0], text_en=words[1] or "x")
    reword(Group.objects.filter(pk=group.pk), definition_zh=words[0], definition_en=words[1])
    assert changes("stakeholders", Scope(cycle=cycle), suffix) == []
    assert changes("groups", Scope(cycle=cycle), suffix) == []


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_catalogues_and_mappings_exported_and_imported_change_nothing(suffix):
    draft = test_issues_exported_and_imported_change_nothing.draft
    assert changes("framework", Scope(), suffix) == []
    map_issue(draft.issues.get(code="SOC-01-01"), *Disclosure.objects.all())
    assert changes("mappings", Scope(draft), suffix) == []
    assert changes("issues", Scope(draft), suffix) == []
