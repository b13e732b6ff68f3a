"""The page of the content index, its commands, and outlines that are filled and moved."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.translation import override

from materiality.models import AuditEvent, Cycle, SignOff
from materiality.models.people import Role
from materiality.platform.hooks import counted_now
from materiality.queries.cycles import run_behind
from reports.actions.outline import import_outline
from reports.gri.index import Entry, OutlineRow
from reports.models import AcceptedFinding, ContentIndex, IndexDecision, OutlineImport
from reports.queries.index import checked_index, index_findings, placement
from reports.queries.outline import outline_rows
from tests.factories.people import log_in
from tests.factories.reports import make_cycle, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlined(library, media):
    cycle = make_cycle("year", gri_edition="2021")
    row = OutlineRow(1, "一", "", "One", entries=(Entry(standard="302@2016"), Entry(text="EN3")), locations=("P1",))
    import_outline(cycle=cycle, rows=[row], by=None)
    return cycle


@pytest.fixture
def staff(client, outlined):
    log_in(client)
    return client


def run(*arguments) -> str:
    out = StringIO()
    with override("en"):
        call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_index_is_set_checked_and_a_finding_accepted(staff, outlined):
    page = reverse("content_index", args=["year"])
    told = {"claim": "accordance", "sectors": "12@1.0; 14@1.1", "published_on": "2027-04-30", "pages": "90"}
    assert staff.post(page, told).status_code == 302
    index = ContentIndex.objects.get()
    assert (index.claim, index.sectors, index.pages) == ("accordance", ["12@1.0", "14@1.1"], 90)
    assert index.cycle.published_on == date(2027, 4, 30)
    assert AuditEvent.objects.first().action == "set_index"
    html = staff.get(page).content.decode()
    assert "A whole standard is claimed." in html and "Name their source" in html and "2-21" in html
    found = next(each for each in index_findings(outlined) if each.finding.check == "C14")
    staff.post(reverse("index_accept", args=["year"]), {"key": found.key, "check": "C14", "reason": "as printed"})
    assert AcceptedFinding.objects.get().reason == "as printed"
    assert "as printed" in staff.get(page).content.decode()
    file = json.loads(staff.get(reverse("index_checks", args=["year"])).content)
    assert [each["accepted"] for each in file["findings"] if each["check"] == "C14"] == ["as printed"]
    for reason in ("", " "):  # of a page from before it was accepted
        staff.post(reverse("index_accept", args=["year"]), {"key": found.key, "check": "C14", "reason": reason})
        assert AcceptedFinding.objects.get().reason == "as printed"
    staff.post(reverse("index_accept", args=["year"]), {"key": found.key, "withdraw": ""})
    assert (AcceptedFinding.objects.count(), AuditEvent.objects.first().action) == (0, "unaccept_finding")


def test_finding_without_a_reason_is_not_accepted_and_sector_that_there_is_not_is_refused(staff):
    staff.post(reverse("index_accept", args=["year"]), {"key": "x", "check": "C14", "reason": " "})
    assert AcceptedFinding.objects.count() == 0
    html = staff.post(reverse("content_index", args=["year"]), {"claim": "none", "sectors": "15@1.0"}).content.decode()
    assert "There is no sector standard 15@1.0." in html and ContentIndex.objects.count() == 0


def test_disclosure_is_decided_with_who_and_why(staff, outlined):
    told = {"identity": "2-21@2021", "state": "omit", "reason": "confidentiality_constraints", "explanation": "Secret."}
    place = reverse("index_place", args=["year"])
    staff.post(place, told | {"decide": ""})
    decision = IndexDecision.objects.get()
    assert (decision.state, decision.explanation, decision.decided_by is not None) == ("omit", "Secret.", True)
    assert "Secret." in staff.get(reverse("content_index", args=["year"])).content.decode()
    for wrong in ({"explanation": ""}, {"identity": "9-9@2021"}):
        answer = staff.post(place, told | {"identity": "2-20@2021", "decide": ""} | wrong)
        assert answer.status_code == 422
    assert IndexDecision.objects.count() == 1


def test_ticked_disclosures_go_into_the_section_that_is_chosen(staff, outlined):
    place = reverse("index_place", args=["year"])
    html = staff.get(reverse("content_index", args=["year"])).content.decode()
    assert html.count('name="identity"') == 32 and html.count('name="order"') == 1
    assert staff.post(place, {"identity": ["2-1@2021", "2-2@2021"], "order": "1"}).url.endswith("?order=1#place")
    assert outline_rows(outlined)[0].identities == ("2-1@2021", "2-2@2021")
    assert AuditEvent.objects.first().action == "save_section"
    again = staff.post(place, {"identity": ["2-3@2021"]})
    assert again.status_code == 422 and "Choose the section" in again.content.decode()
    assert 'value="2-3@2021" checked' in again.content.decode()
    assert "Tick at least one" in staff.post(place, {"order": "1"}).content.decode()


def test_panes_offer_what_can_be_placed(staff, outlined):
    make_run(outlined)
    page = reverse("content_index", args=["year"])
    for key in ("12.1", "205-1@2016"):  # a sector that the index does not use, and a topic that is not material
        told = {"state": "unused", "explanation": "Not ours."}
        IndexDecision.objects.create(cycle=outlined, identity=key, **told)
    Cycle.objects.filter(pk=outlined.pk).update(published_on=date(2025, 4, 30))
    before = staff.get(page).content.decode()
    assert "No longer needed" in before and "Not ours." in before
    assert 'value="3-1@2021"' in before and "@2025" not in before  # their standards are not in force yet
    placed = [each for each in placement(Cycle.objects.get(pk=outlined.pk)).keys if each.startswith("302-")]
    assert placed == []  # the whole standard is claimed
    # What nothing asks for any more can still be decided otherwise, or not at all.
    place = reverse("index_place", args=["year"])
    refused = staff.post(place, {"identity": "205-1@2016", "order": "1"})
    assert refused.status_code == 422 and "Nothing asks for 205-1@2016 (any more)." in refused.content.decode()
    staff.post(place, {"identity": "205-1@2016", "state": "unused", "explanation": "No corruption.", "decide": ""})
    told = [staff.post(place, {"identity": "12.1", "state": "", "decide": ""}, follow=True) for _time in range(2)]
    assert "The decision is withdrawn." in told[0].content.decode() and told[1].status_code == 422
    told = staff.post(place, {"identity": "2-1@2021", "state": "", "decide": ""}, follow=True)
    assert "There was no decision to withdraw." in told.content.decode()
    assert IndexDecision.objects.get().explanation == "No corruption."
    assert (event := AuditEvent.objects.first()).action == "withdraw_decision" and event.before["state"] == "unused"


def test_topics_of_the_sector_are_placed_or_listed_as_not_used(staff, outlined):
    run("set_index", "year", "--claim", "accordance", "--sector", "12@1.0")
    place, told = reverse("index_place", args=["year"]), {"state": "unused", "explanation": "We mine nothing."}
    staff.post(place, {"identity": ["12.1"], "order": "1"})
    staff.post(place, told | {"identity": ["12.2", "12.3"], "decide": ""})
    found = next(each for each in index_findings(outlined) if each.finding.text == "sector_topic_open")
    assert {"12.1", "12.2", "12.3"}.isdisjoint(found.finding.codes) and "12.4" in found.finding.codes
    assert "We mine nothing." in staff.get(reverse("content_index", args=["year"])).content.decode()


def test_viewers_see_the_index_and_change_nothing(client, outlined):
    log_in(client, Role.VIEWER).cycles.add(Cycle.objects.get(code="year"))
    assert client.get(reverse("content_index", args=["year"])).status_code == 200
    for name in ("content_index", "index_accept", "index_place", "outline_propose", "outline_crosswalk"):
        assert client.post(reverse(name, args=["year"]), {"claim": "none"}).status_code == 403
    log_in(client, Role.VIEWER)
    # Its material topics follow from the scores.
    assert client.get(reverse("content_index", args=["year"])).status_code == 403


def test_commands_set_and_check_the_index(outlined, tmp_path):
    run("set_index", "year", "--claim", "accordance", "--sector", "12@1.0", "--published", "2027-04-30")
    file = tmp_path / "checks.json"
    with pytest.raises(CommandError):
        run("check_index", "year", "--json", file)
    found = json.loads(file.read_text())["findings"]
    assert {"C3", "C11", "C12", "C14", "C16"} <= {each["check"] for each in found}
    assert set(found[0]) == {"check", "severity", "rows", "codes", "text", "accepted"}
    run("set_index", "year", "--claim", "none")
    assert run("check_index", "year").startswith("C6 ") is False


def test_outline_is_filled_from_the_library_and_taken_back(library, media, client):
    cycle = make_cycle("new", gri_edition="2021")
    log_in(client)
    assert client.post(reverse("outline_propose", args=["new"])).status_code == 302
    assert OutlineImport.objects.count() == 0  # nothing is material yet
    make_run(cycle)
    page = client.post(reverse("outline_propose", args=["new"])).url
    assert b"3-3 (2021)" in client.get(page).content and outline_rows(cycle) == []
    imported = OutlineImport.objects.get()
    client.post(reverse("outline_confirm", args=["new", imported.pk]))
    rows = outline_rows(cycle)
    assert len(rows) > 3 and len(rows[0].entries) == 32 and all("3-3@2021" in row.identities for row in rows[1:])
    client.post(reverse("outline_undo", args=["new", imported.pk]))
    assert outline_rows(cycle) == []
    assert "disclosures were added" in run("propose_index", "new")


def test_outline_moves_to_2021_with_its_open_points(cycle, client):
    before = outline_rows(cycle)
    said = run("crosswalk_outline", "demo", "--to", "2021")
    assert "102-8 Information on employees and other workers: It was split" in said
    cycle.refresh_from_db()
    moved = outline_rows(cycle)
    assert cycle.gri_edition == "2021" and len(moved) == len(before)
    assert "305-1@2016" in moved[17].identities and any(entry.is_held for entry in moved[0].entries)
    log_in(client)
    client.post(reverse("outline_undo", args=["demo", OutlineImport.objects.get().pk]))
    assert outline_rows(cycle) == before
    with pytest.raises(CommandError, match="nothing to move"):
        run("crosswalk_outline", "demo", "--to", "2025")


def test_topics_are_those_of_the_snapshot_that_was_signed_else_of_a_run_that_counts_all(cycle):
    call_command("set_index", "demo", "--claim", "accordance", stdout=StringIO())
    Cycle.objects.filter(pk=cycle.pk).update(gri_edition="2021")
    cycle.refresh_from_db()
    run = cycle.runs.get()
    assert run_behind(cycle)
    assert [each.finding.text for each in index_findings(cycle) if each.finding.check == "C6"] == ["topics_unknown"]
    run.responses["valid"] = counted_now(cycle)
    run.save()
    cycle = Cycle.objects.get(pk=cycle.pk)
    with override("en"):
        assert checked_index(cycle).source["source_en"] == "run 1"
    code = run.scores.filter(tier="high", level=None, derived=False).values_list("issue__code", flat=True).first()
    snapshot = {"issues": [{"code": code, "tier": "high", "material": True}]}
    SignOff.objects.create(cycle=cycle, run=run, number=1, snapshot=snapshot, sha256="", anchor="")
    cycle = Cycle.objects.get(pk=cycle.pk)
    with override("en"):
        said = [each.sentence for each in index_findings(cycle) if each.finding.text == "topic_not_material"]
    assert said == ["These issues stand as topics but are not material by sign-off 1."]
