"""Replacing the outline: whole, in one transaction, with an event."""

import pytest

from materiality.models import AuditEvent, Cycle
from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from reports.actions.outline import (
    confirm_outline,
    discard_outline,
    import_outline,
    remove_section,
    request_outline,
    save_section,
    undo_outline,
)
from reports.gri.index import Entry, OutlineRow
from reports.models import OutlineImport, Section
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of, outline_rows
from tests.factories.reports import OUTLINE, make_cycle

pytestmark = pytest.mark.django_db


def row(order=1, *identities: str, **fields) -> OutlineRow:
    entries = tuple(Entry(identity=identity) for identity in identities)
    return OutlineRow(order=order, chapter="章", entries=entries, **fields)


def test_import_outline_stores_what_the_file_says(library, analyst):
    cycle = make_cycle()
    rows = parse_outline(OUTLINE, books_of(cycle)).rows
    import_outline(cycle=cycle, rows=rows, by=analyst)
    assert outline_rows(cycle) == rows
    event = AuditEvent.objects.first()
    assert (event.action, event.object_text, event.person.user) == ("import_outline", cycle.code, analyst)
    assert (event.before["sections"], event.after["sections"], event.after["gri_edition"]) == (0, 24, "2016")


def test_import_outline_replaces_the_rows_of_its_cycle_only(library):
    cycle, other = make_cycle(), make_cycle()
    for each in (cycle, other):
        import_outline(cycle=each, rows=[row(1, "102-1@2016"), row(2)], by=None)
    import_outline(cycle=cycle, rows=[row(7, issues=("SOC-03", "ENV-01-01"))], by=None)
    assert outline_rows(cycle) == [row(7, issues=("SOC-03", "ENV-01-01"))]
    assert [r.order for r in outline_rows(other)] == [1, 2]


def test_import_outline_with_another_edition_changes_the_cycle(library, analyst):
    cycle = make_cycle(gri_edition="2021")
    import_outline(cycle=cycle, rows=[row(1, "102-55@2016")], gri_edition="2016", by=analyst)
    assert Cycle.objects.get(pk=cycle.pk).gri_edition == "2016"
    event = AuditEvent.objects.first()
    assert (event.before["gri_edition"], event.after["gri_edition"]) == ("2021", "2016")


@pytest.mark.parametrize(
    ("identity", "issue", "named"),
    [("2-1@2021", "SOC-01", "2-1@2021"), ("102-1@2016", "SOC-99", "SOC-99"), ("x", "SOC-01", "x")],
)
def test_import_outline_with_an_unknown_code_changes_nothing(library, identity, issue, named):
    cycle = make_cycle()
    import_outline(cycle=cycle, rows=[row(3)], by=None)
    with pytest.raises(NotAllowed, match=named):
        import_outline(cycle=cycle, rows=[row(1, identity, issues=(issue,))], by=None)
    assert outline_rows(cycle) == [row(3)]


@pytest.mark.parametrize(("state", "edition", "allowed"), [
    (Cycle.State.SIGNED_OFF, "", True),
    (Cycle.State.SIGNED_OFF, "2021", False),
    (Cycle.State.ARCHIVED, "", False),
])  # fmt: skip
def test_import_outline_goes_by_the_state_of_the_cycle(library, state, edition, allowed):
    cycle = make_cycle()
    Cycle.objects.filter(pk=cycle.pk).update(state=state)
    if allowed:
        import_outline(cycle=cycle, rows=[row()], gri_edition=edition, by=None)
    else:
        with pytest.raises(NotAllowed):
            import_outline(cycle=cycle, rows=[row()], gri_edition=edition, by=None)
    assert Section.objects.count() == (1 if allowed else 0)


def test_outline_is_read_in_two_queries(cycle, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(outline_rows(cycle)) == 24


@pytest.fixture
def outlined(library):
    row = make_cycle()
    save_section(cycle=row, row=OutlineRow(1, "一", entries=(Entry(identity="102-1@2016"),)), by=None)
    save_section(cycle=row, row=OutlineRow(2, "二"), by=None)
    return row


def test_save_section_replaces_and_may_move(outlined, analyst):
    entries = (Entry(identity="201-1@2016", requirement="a"), Entry(standard="302@2016"), Entry(text="?"))
    wanted = OutlineRow(9, "一", "节", issues=("SOC-03-01",), entries=entries, locations=("P3", "P5"))
    save_section(cycle=outlined, row=wanted, replacing=1, by=analyst)
    assert outline_rows(outlined) == [OutlineRow(2, "二"), wanted]
    event = AuditEvent.objects.first()
    assert (event.action, event.before["entries"]) == ("save_section", [{"identity": "102-1@2016"}])
    assert event.after["locations"] == ["P3", "P5"]


@pytest.mark.parametrize(("order", "replacing"), [(2, 1), (2, None), (5, 4)])
def test_save_section_on_a_taken_or_missing_place_is_refused(outlined, order, replacing):
    with pytest.raises(NotAllowed):
        save_section(cycle=outlined, row=OutlineRow(order, "三"), replacing=replacing, by=None)
    assert [row.chapter for row in outline_rows(outlined)] == ["一", "二"]


def test_remove_section_leaves_the_others(outlined):
    remove_section(cycle=outlined, order=1, by=None)
    assert outline_rows(outlined) == [OutlineRow(2, "二")]
    assert AuditEvent.objects.first().before["chapter"] == "一"


def test_remove_section_that_is_gone_or_of_an_archived_cycle_is_refused(outlined):
    with pytest.raises(NotAllowed):
        remove_section(cycle=outlined, order=5, by=None)
    Cycle.objects.filter(pk=outlined.pk).update(state=Cycle.State.ARCHIVED)
    with pytest.raises(NotAllowed):
        remove_section(cycle=outlined, order=1, by=None)
    assert len(outline_rows(outlined)) == 2


FILE = "order,chapter,disclosures,location\n3,章,102-1;306-1;EN3;103-3 Location of operations,P1\nx,章,102-2,P2\n"


@pytest.fixture
def waiting(library, media):
    """An upload to a cycle of one row, read by its job."""

    def read(contents: str = FILE, mode: str = "replace") -> OutlineImport:
        cycle = Cycle.objects.filter(code="year").first() or make_cycle("year")
        if not outline_rows(cycle):
            import_outline(cycle=cycle, rows=[row(1, "201-1@2016")], by=None)
        job = request_outline(
            cycle=cycle, file_name="o.csv", contents=contents.encode(), mode=mode, gri_edition="2016", by=None
        )
        jobs.execute(str(job.pk))
        return OutlineImport.objects.get()

    return read


def keys(cycle) -> list[list[str]]:
    return [[entry.key for entry in each.entries] for each in outline_rows(cycle)]


def test_upload_is_read_by_a_job_and_stores_nothing_of_the_outline(waiting):
    imported = waiting()
    assert (imported.state, imported.mode, len(imported.found["rows"])) == ("checked", "replace", 2)
    assert keys(imported.cycle) == [["201-1@2016"]]
    states = {each["reading"]["text"]: each["reading"]["state"] for each in imported.found["readings"]}
    assert [states[text] for text in ("102-1", "306-1", "EN3", "x")] == ["taken", "taken", "refused", "doubtful"]


def test_confirmed_upload_is_stored_with_what_was_decided(waiting, analyst):
    imported = waiting()
    place = {each["reading"]["text"]: str(n) for n, each in enumerate(imported.found["readings"])}
    choices = {place["EN3"]: "other", place["103-3 Location of operations"]: "102-4@2016", place["x"]: "drop"}
    confirm_outline(imported=imported, choices=choices, by=analyst)
    first, second = outline_rows(imported.cycle)
    assert [entry.key for entry in first.entries] == ["102-1@2016", "306-1@2020", "EN3", "102-4@2016"]
    assert first.entries[2].source and (second.order, second.held) == (4, {})
    assert AuditEvent.objects.first().action == "confirm_outline"
    with pytest.raises(NotAllowed):
        confirm_outline(imported=imported, choices={}, by=analyst)


def test_what_is_not_decided_stays_in_its_row_as_text(waiting):
    imported = waiting()
    confirm_outline(imported=imported, choices={}, by=None)
    first, second = outline_rows(imported.cycle)
    assert [entry.text for entry in first.entries if entry.is_held] == ["EN3", "103-3 Location of operations"]
    assert second.held == {"order": "x"}


def test_choice_that_was_not_offered_is_none(waiting):
    imported = waiting()
    place = next(str(n) for n, each in enumerate(imported.found["readings"]) if each["reading"]["text"] == "EN3")
    confirm_outline(imported=imported, choices={place: "302-1@2016"}, by=None)
    assert "302-1@2016" not in keys(imported.cycle)[0]


def test_stored_upload_is_undone_unless_the_outline_was_changed_since(waiting):
    imported = waiting()
    confirm_outline(imported=imported, choices={}, by=None)
    remove_section(cycle=imported.cycle, order=4, by=None)
    with pytest.raises(NotAllowed):
        undo_outline(imported=imported, by=None)
    save_section(cycle=imported.cycle, row=OutlineRow(4, "章", held={"order": "x"}), by=None)
    with pytest.raises(NotAllowed):
        undo_outline(imported=imported, by=None)
    OutlineImport.objects.all().delete()
    again = waiting()
    confirm_outline(imported=again, choices={}, by=None)
    before = keys(again.cycle)
    undo_outline(imported=again, by=None)
    assert len(keys(again.cycle)) == 2 and before
    assert OutlineImport.objects.get().state == "undone"


def test_text_is_added_after_the_rows_that_there_are(waiting):
    imported = waiting("order,chapter,disclosures\n1,别处,205-1\n", "append")
    confirm_outline(imported=imported, choices={}, by=None)
    assert [(each.order, each.chapter) for each in outline_rows(imported.cycle)] == [(1, "章"), (2, "别处")]


def test_second_file_moves_pages_only_and_goes_by_what_it_was_shown_with(waiting):
    imported = waiting("order,location\n1,P7\n8,P9\n", "locations")
    assert imported.found["missed"] == ["3: 8"]
    save_section(cycle=imported.cycle, row=row(5), by=None)
    with pytest.raises(NotAllowed):
        confirm_outline(imported=imported, choices={}, by=None)
    remove_section(cycle=imported.cycle, order=5, by=None)
    confirm_outline(imported=imported, choices={}, by=None)
    assert [(each.locations, each.identities) for each in outline_rows(imported.cycle)] == [(("P7",), ("201-1@2016",))]


def test_upload_that_cannot_be_read_says_why_and_can_be_neither_stored_nor_undone(waiting):
    imported = waiting("order,chaptr\n1,a\n")
    assert imported.state == "refused" and len(imported.found["problems"]) == 2
    for act in (lambda: confirm_outline(imported=imported, choices={}, by=None),
                lambda: undo_outline(imported=imported, by=None),
                lambda: discard_outline(imported=imported, by=None)):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()


def test_discarded_upload_stores_nothing(waiting):
    imported = waiting()
    discard_outline(imported=imported, by=None)
    assert OutlineImport.objects.get().state == "discarded" and keys(imported.cycle) == [["201-1@2016"]]
