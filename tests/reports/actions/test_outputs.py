"""Requests for outputs: frozen, queued once, made with the same bytes however often."""

import hashlib
import io
import zipfile
from datetime import date

import pytest
from django.core.cache import cache, caches
from django.core.files.storage import default_storage
from django.utils.translation import override

from materiality.actions.cycles import edit_cycle
from materiality.actions.indicators import save_indicator
from materiality.actions.library import correct_erratum
from materiality.actions.organisation import name_organisation
from materiality.actions.stakeholders import load_demo_stakeholders, save_engagement, save_group, save_point
from materiality.models import AuditEvent, Cycle, Decision, Job
from materiality.platform import audit, jobs
from materiality.platform.refusals import NotAllowed
from reports.actions.index import decide_disclosure, set_index
from reports.actions.outline import import_outline, save_section
from reports.actions.outputs import (
    cancel_output,
    remake_outputs,
    remove_output,
    request_output,
    retry_output,
    set_table_texts,
)
from reports.gri.index import OutlineRow
from reports.models import Output
from reports.outputs import KINDS, build_output, stale_outputs, stored_path
from reports.queries.tables import texted_codes
from tests.factories.reports import load_demo_outline, make_cycle, make_run

pytestmark = pytest.mark.django_db


def ask(cycle, kind="matrix", format="svg", language="en", **options) -> Output:
    return request_output(cycle=cycle, kind=kind, format=format, language=language, by=None, send=False, **options)


def made(output: Output) -> bytes:
    jobs.execute(str(output.job_id))
    output.refresh_from_db()
    with default_storage.open(stored_path(output)) as stream:
        return stream.read()


def test_output_is_made_by_its_job(cycle, analyst):
    output = request_output(cycle=cycle, kind="gri-index", format="csv", language="zh-hans", by=analyst, send=False)
    contents = made(output)
    assert (output.sha256, output.size) == (hashlib.sha256(contents).hexdigest(), len(contents))
    assert output.file_name == "2026 年度评估 - GRI 内容索引.csv"
    assert (output.job.state, output.job.progress, output.job.attempt) == ("done", 100, 1)
    events = AuditEvent.objects.filter(object_type="reports.output").order_by("number")
    assert [event.action for event in events] == ["request_output", "make_output"]
    assert events[1].after["sha256"] == output.sha256


def test_output_is_sent_when_the_transaction_commits(cycle, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(jobs, "send_job", lambda job: sent.append(job.kind))
    with django_capture_on_commit_callbacks(execute=True):
        request_output(cycle=cycle, kind="matrix", format="svg", language="en", by=None)
    assert sent == ["output"]


@pytest.mark.parametrize(
    ("kind", "format"),
    [("matrix", "svg"), ("matrix", "png"), ("matrix", "pdf"), ("gri-index", "xlsx"), ("workbook", "xlsx")],
)
def test_second_attempt_gives_the_same_bytes(cycle, kind, format):
    output = ask(cycle, kind, format)
    first = made(output)
    Job.objects.filter(pk=output.job_id).update(state="queued")
    with override("zh-hans"):
        assert made(output) == first


def test_output_is_made_from_what_was_there_when_it_was_asked_for(cycle):
    output = ask(cycle, "gri-index", "csv")
    import_outline(cycle=cycle, rows=[OutlineRow(1, "新")], by=None)
    cycle.title_en = "Renamed"
    cycle.save()
    assert len(made(output).decode("utf-8-sig").splitlines()) == 25
    assert output.file_name.startswith("2026 annual assessment")


def test_output_names_the_organisation_as_it_was_called_when_it_was_asked_for(cycle, analyst):
    name_organisation(texts={"name_en": "First Company", "name_zh": "第一公司"}, by=analyst)
    output = ask(cycle, "gri-index", "html", options={"layout": "standard"})
    name_organisation(texts={"name_en": "Second Company", "name_zh": "第二公司"}, by=analyst)
    assert "First Company" in made(output).decode() and "Second Company" not in made(output).decode()
    (again,) = remake_outputs(cycle=cycle, by=analyst)
    assert "Second Company" in made(again).decode()
    assert remake_outputs(cycle=cycle, by=analyst) == []


def test_output_names_the_newest_run_or_the_one_given(cycle):
    first, second = cycle.runs.get(), make_run(cycle, seed=2)
    assert ask(cycle).run == second and ask(cycle, run=first).run == first
    assert made(ask(cycle)) != made(ask(cycle, run=first))


def test_output_in_the_language_asked_for_whatever_the_workers(cycle):
    english, chinese = ask(cycle), ask(cycle, language="zh-hans")
    with override("de"):
        texts = [made(output).decode() for output in (english, chinese)]
    assert "materiality matrix" in texts[0] and "实质性议题矩阵" not in texts[0]
    assert "实质性议题矩阵" in texts[1] and "materiality matrix" not in texts[1]


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "matrix", "format": "csv"},
        {"kind": "poster"},
        {"language": "de"},
        {"options": {"group": "nobody"}},
        {"options": {"level": "third"}},
        {"options": {"colour": "red"}},
    ],
)
def test_output_that_there_is_not_is_refused(cycle, wanted):
    with pytest.raises(NotAllowed):
        ask(cycle, **wanted)
    assert (Output.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ["matrix", "gri-index", "workbook"])
def test_output_of_an_empty_cycle_is_refused(library, media, kind):
    with pytest.raises(NotAllowed):
        ask(make_cycle(), kind, "xlsx" if kind != "matrix" else "svg")
    assert Job.objects.count() == 0


def test_failed_output_is_tried_again_with_the_inputs_it_had(cycle, analyst):
    output = ask(cycle, "gri-index", "csv")
    with pytest.raises(NotAllowed):
        retry_output(output=output, by=analyst)
    Job.objects.filter(pk=output.job_id).update(state="failed", error="no paper", attempt=6)
    retry_output(output=output, by=analyst)
    assert made(output).startswith("\ufefforder,".encode())
    assert Job.objects.get(pk=output.job_id).attempt == 1


def test_cancelled_output_is_not_made(cycle, analyst):
    output = ask(cycle, "gri-index", "csv")
    cancel_output(output=output, by=analyst)
    assert jobs.execute(str(output.job_id)) is False
    assert Job.objects.get(pk=output.job_id).state == "cancelled"
    with pytest.raises(NotAllowed):
        cancel_output(output=output, by=analyst)


def test_output_cancelled_while_it_is_built_stores_nothing(cycle, analyst, monkeypatch):
    output = ask(cycle, "gri-index", "csv")
    build = jobs.job_kind("output").functions()[0]

    def cancelled_meanwhile(job, progress):
        cancel_output(output=output, by=analyst)
        return build(job, lambda percent, text: None)

    store = jobs.job_kind("output").functions()[1]
    monkeypatch.setattr("materiality.platform.hooks.JobFunctions.functions", lambda self: (cancelled_meanwhile, store))
    assert jobs.execute(str(output.job_id)) is False
    output.refresh_from_db()
    assert (output.sha256, output.job.state, output.job.error) == ("", "cancelled", "")


def test_deleted_output_takes_its_file_unless_another_has_the_same(cycle, analyst, django_capture_on_commit_callbacks):
    outputs = [ask(cycle, "gri-index", "csv") for _ in range(2)]
    with pytest.raises(NotAllowed):
        remove_output(output=outputs[0], by=analyst)
    for output in outputs:
        made(output)
    path = stored_path(outputs[0])
    for output, there in zip(outputs, (True, False), strict=True):
        with django_capture_on_commit_callbacks(execute=True):
            remove_output(output=output, by=analyst)
        assert default_storage.exists(path) is there
    assert (Output.objects.count(), Job.objects.filter(kind="output").count()) == (0, 0)
    assert AuditEvent.objects.filter(action="remove_output").count() == 2


def test_only_what_is_out_of_date_is_remade_with_what_was_chosen(cycle, analyst):
    old = ask(cycle, "sdg-table", "csv")
    index = ask(cycle, "gri-index", "csv", options={"layout": "standard"})
    matrix = ask(cycle, options={"level": "primary", "bars": "True"})
    for output in (old, index, matrix):
        made(output)
    assert remake_outputs(cycle=cycle, by=analyst) == []
    run = make_run(cycle, seed=2)
    again = {output.kind: output for output in remake_outputs(cycle=cycle, by=analyst)}
    assert {each.run for each in (again["sdg-table"], again["matrix"])} == {run}
    assert again["matrix"].parameters == matrix.parameters
    assert again["gri-index"].parameters == index.parameters  # its material topics are those of the newer run
    assert remake_outputs(cycle=cycle, by=analyst) == []


EVERY = set(KINDS)
SCORED = EVERY - {"gri-index", "stakeholder-table", "indicator-table"}
TABLES = {"issue-list", "sdg-table", "exchange-table", "hkex-table", "esrs-table", "year-comparison", "work-priorities"}


def asked(cycle, kind) -> Output:
    return ask(cycle, kind, KINDS[kind].formats[0])


def _first(cycle):
    return cycle.runs.first().scores.order_by("issue__code").first().issue


def new_run(cycle):
    make_run(cycle, seed=9)


def decision(cycle):
    run = cycle.runs.first()
    score = run.scores.filter(level__isnull=True).exclude(tier="high").first()
    made = Decision.objects.create(run=run, issue=score.issue, tier="high", reason="The board asks for it.")
    audit.record("decide", made, by=None)


def corrected_name(cycle):
    issue = _first(cycle)
    correct_erratum(issue=issue, field="name_en", text=f"{issue.name_en}!", reason="A slip of the pen.", by=None)


def renamed_group(cycle):
    group = cycle.groups.first()
    values = {name: getattr(group, name) for name in ("code", "side", "weight_society", "weight_business")}
    save_group(cycle=cycle, values=values | {"name_en": "Those who use it"}, group=group, by=None)


def text_of_goal(cycle):
    set_table_texts(cycle=cycle, table="sdg-table", texts={"1": {"en": "We help."}}, by=None)


def why_of_topic(cycle):
    code = texted_codes(cycle, "exchange-table")[0][0]
    set_table_texts(cycle=cycle, table="exchange-table", texts={code: {"en": "It is no matter here."}}, by=None)


def priority_text(cycle):
    code = texted_codes(cycle, "work-priorities")[0][0]
    set_table_texts(cycle=cycle, table="work-priorities", texts={code: {"en": "Train."}}, by=None)


def section(cycle):
    save_section(cycle=cycle, row=OutlineRow(99, "新", frameworks={"sdgs": ["1"]}), by=None)


def disclosure(cycle):
    decide_disclosure(cycle=cycle, identity="102-1@2016", values={"state": "unused", "explanation": "No."}, by=None)


def claim(cycle):
    set_index(cycle=cycle, values={"claim": "core"}, by=None)


def expectation(cycle):
    save_point(group=cycle.groups.first(), kind="expectation", texts={"text_en": "More", "text_zh": "更多"}, by=None)


def engagement(cycle):
    values = {"group": cycle.groups.first(), "issues": [], "date": date(2026, 2, 1), "kind": "meeting"}
    save_engagement(cycle=cycle, values=values | {"title_en": "A talk", "title_zh": "座谈", "participants": 3}, by=None)


def indicator(cycle):
    save_indicator(values={"issue": _first(cycle).code, "code": "hours", "name_en": "Hours", "unit": "h"}, by=None)


def organisation(cycle):
    name_organisation(texts={"name_en": "Another Company", "name_zh": "另一家公司"}, by=None)


def title(cycle):
    edit_cycle(cycle=cycle, title_en="Another title", by=None)


def earlier_year(cycle):
    make_run(Cycle.objects.get(code="demo"), seed=7)


def other_file(cycle):
    asked(cycle, "sdg-table")


def login(cycle):
    audit.record("read_outline", cycle, by=None)


@pytest.fixture
def whole(cycle, media):
    """A cycle of which every kind of file can be made."""
    row = make_cycle("later")
    edit_cycle(cycle=row, period_start=date(2027, 1, 1), period_end=date(2027, 12, 31), by=None)
    make_run(row, seed=5)
    load_demo_stakeholders(cycle=row, by=None)
    load_demo_outline(row)
    indicator_of = {"issue": _first(row).code, "code": "rate", "name_en": "Rate", "name_zh": "比率", "unit": "%"}
    save_indicator(values=indicator_of, by=None)
    return Cycle.objects.get(pk=row.pk)


CHANGES = [
    (new_run, SCORED | {"gri-index"}),
    (
        corrected_name,
        {"matrix", "workbook", "evidence-pack", "process-text", "gri-index"} | TABLES | {"indicator-table"},
    ),
    (renamed_group, {"matrix", "workbook", "process-text", "stakeholder-table"}),
    (text_of_goal, {"sdg-table"}),
    (why_of_topic, {"exchange-table"}),
    (priority_text, {"work-priorities"}),
    (section, {"gri-index", "sdg-table"}),
    (disclosure, {"gri-index"}),
    (claim, {"gri-index"}),
    (expectation, {"stakeholder-table"}),
    (engagement, {"process-text", "evidence-pack"}),
    (indicator, {"indicator-table"}),
    (organisation, EVERY),
    (title, EVERY),
    (earlier_year, {"year-comparison", "process-text"}),
    (other_file, {"evidence-pack"}),
    (login, set()),
    (decision, SCORED | {"gri-index"}),
]


def test_what_is_found_of_files_drives_out_nothing_else(cycle):
    output = ask(cycle, kind="issue-list", format="csv")
    cache.set("fieldwork", 7)
    caches["figures"].set("run", 8)
    for number in range(301):
        audit.record("edit_cycle", cycle, by=None, after={"number": number})
        stale_outputs(cycle, [output])
    assert (cache.get("fieldwork"), caches["figures"].get("run")) == (7, 8)


def test_pack_is_stale_once_a_file_in_it_failed(cycle):
    """A job that fails writes no audit event."""
    failing, pack = ask(cycle, kind="issue-list", format="csv"), ask(cycle, kind="evidence-pack", format="zip")
    assert stale_outputs(cycle, [pack]) == set()
    Job.objects.filter(pk=failing.job_id).update(state=Job.State.FAILED)
    assert stale_outputs(cycle, [pack]) == {pack.pk}


def test_file_is_stale_by_all_that_it_is_made_from_and_by_nothing_else(whole):
    outputs = {kind: asked(whole, kind) for kind in [*(EVERY - {"evidence-pack"}), "evidence-pack"]}
    for change, stale in CHANGES:
        change(whole)
        whole.refresh_from_db()
        found = stale_outputs(whole, outputs.values())
        assert {kind for kind, output in outputs.items() if output.pk in found} == stale, change.__name__
        again = {output.kind: output for output in remake_outputs(cycle=whole, by=None)}
        assert set(again) == stale | ({"evidence-pack"} if stale else set())  # which holds the new files
        assert not stale or list(again)[-1] == "evidence-pack"
        outputs |= again
    assert remake_outputs(cycle=whole, by=None) == []


def test_pack_remade_with_the_files_it_holds_has_the_new_ones(whole):
    for kind in ("sdg-table", "evidence-pack"):
        jobs.execute(str(asked(whole, kind).job_id))
    text_of_goal(whole)
    table, pack = remake_outputs(cycle=whole, by=None)
    path = f"outputs/{table.pk}-sdg-table-en.xlsx"
    first = build_output(pack.job.inputs)  # before the table is there, and after it
    jobs.execute(str(table.job_id))
    assert build_output(pack.job.inputs) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert hashlib.sha256(archive.read(path)).hexdigest() == Output.objects.get(pk=table.pk).sha256
