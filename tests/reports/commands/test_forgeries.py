"""Whoever writes to the tables around the application is found by `verify_audit`, which names what was touched."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone, translation

from materiality.actions.factors import add_factor
from materiality.actions.organisation import name_organisation
from materiality.actions.people import add_person
from materiality.models import (
    AuditColumns,
    AuditedRow,
    AuditEvent,
    AuditPerson,
    Crosswalk,
    Cycle,
    Disclosure,
    Edition,
    Engagement,
    Factor,
    Group,
    Indicator,
    IssueMapping,
    IssueScore,
    Job,
    Organisation,
    OwnGroup,
    Run,
    StakeholderPoint,
    User,
)
from materiality.models.people import Role
from materiality.platform.audit import AUDIT_KEY, event_hash
from materiality.platform.files import keep_bytes
from materiality.platform.keys import ensure_installation_key
from reports.models import Output, Section
from reports.outputs import FOLDER, stored_path
from surveys.models import AnonymousComment, Holding, Notice, Response, Survey
from tests.factories.reports import OUTLINE
from tests.factories.stakeholders import make_engagement
from tests.factories.surveys import make_survey_cycle
from tests.factories.texts import reword
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> None:
    call_command(*arguments, stdout=StringIO(), stderr=StringIO())


def findings() -> list[str]:
    """What `verify_audit` says is wrong."""
    wrong = StringIO()
    with translation.override("en"):
        try:
            call_command("verify_audit", stdout=StringIO(), stderr=wrong)
        except CommandError:
            return wrong.getvalue().splitlines()
    return []


def stored_scores() -> None:
    IssueScore.objects.filter(priority__isnull=False).update(priority=99)


def mappings_deleted() -> None:
    with thawed():
        IssueMapping.objects.filter(pk__in=IssueMapping.objects.values("pk")[:5]).delete()


def run_inserted() -> None:
    known = Run.objects.get()
    known.pk, known.number = None, 2
    known.save()


def decided() -> None:
    run = Run.objects.get()
    run.decisions.create(issue=run.scores.first().issue, tier="high", reason="x")


def signed_off() -> None:
    Run.objects.get().sign_offs.create(cycle=Cycle.objects.get(), number=1, snapshot={}, sha256="x")


def output_inserted() -> None:
    job = Job.objects.create(kind="output", state="done")
    Output.objects.create(cycle=Cycle.objects.get(), job=job, kind="gri-index", format="csv")


def cycle_named_for_a_viewer() -> None:
    User.objects.get(username="li").cycles.add(Cycle.objects.get())


def responses_inserted() -> None:
    for row in Response.objects.all()[:10]:
        row.pk = uuid4()
        row.save(force_insert=True)


def responses_deleted() -> None:
    Response.objects.filter(pk__in=list(Response.objects.values_list("pk", flat=True)[:10])).delete()


def ratings_zeroed() -> None:
    Response.objects.filter(pk__in=Response.objects.values("pk")[:5]).update(ratings=bytes(186))


def last_event_rewritten() -> None:
    """By somebody who knows how the chain is made."""
    last = AuditEvent.objects.order_by("-number").first()
    last.reason = "x"
    with thawed("materiality_auditevent_no_%"):
        AuditEvent.objects.filter(pk=last.pk).update(reason=last.reason, hash=event_hash(last))


def holding_rewritten() -> None:
    row = Holding.objects.get()
    Holding.objects.update(figures=row.figures | {"responses": [0, "0"]})


def digest_hidden(change: dict) -> Callable[[], None]:
    """A row is changed, and what says which columns its event covers: no hash covers that."""

    def forge() -> None:
        Survey.objects.update(k=4)
        columns = AuditColumns.objects.filter(object_type="surveys.survey")
        with thawed("materiality_auditevent_no_%"):
            if change:
                columns.update(**change)
            else:
                AuditEvent.objects.filter(object_type="surveys.survey").update(columns=None)

    return forge


def part_hidden() -> None:
    Group.objects.filter(code="users").update(weight_society=9)
    AuditColumns.objects.filter(object_type="materiality.group").update(names="id,nothing")


def part_taken_for_a_row() -> None:
    Group.objects.filter(code="users").update(weight_society=9)
    with thawed("materiality_auditedrow_no_%"):
        AuditedRow.objects.filter(object_type="materiality.group").update(rows=None)


def all_marks_taken() -> None:
    """By somebody who makes the whole chain anew."""
    with thawed("materiality_auditevent_no_%"):
        AuditEvent.objects.update(mac=None, at=timezone.now() + timedelta(hours=1))


HIDDEN = r"^Event \d+: which columns its digest covers .* \(surveys\.survey \d+\)"
RESPONSES = r"^Survey demo: responses .* wrote 60, there are"
FORGERIES = [
    (ratings_zeroed, [RESPONSES + " 60", "^Run 1 of cycle demo: the 60 responses .* digest"]),
    (responses_deleted, [RESPONSES + " 50", "^Run 1 of cycle demo: the 50 responses .* digest"]),
    (responses_inserted, [RESPONSES + " 70", "^Run 1 of cycle demo: the 70 responses .* digest"]),
    (lambda: Response.objects.update(overruled=2), [RESPONSES + " 60", "^Run 1 of cycle demo"]),
    (lambda: Response.objects.update(flags=0), ["^Survey demo: flags .* responses had some, 0 have", "^Run 1"]),
    (lambda: AnonymousComment.objects.create(survey=Survey.objects.get(), text="x"), ["^Survey demo: comments"]),
    (holding_rewritten, ["^Survey demo: the row of what it holds was changed", RESPONSES.replace("60", "0")]),
    (lambda: Holding.objects.all().delete(), ["^Survey demo: the row of what it holds was deleted"]),
    (last_event_rewritten, ["^1 events were not written by this installation"]),
    (stored_scores, [r"\(materiality\.issuescore\) of Scoring run .* there are 116", r"^Run 1 of cycle demo"]),
    (mappings_deleted, [r"^Mapping \(materiality\.issuemapping\) of Edition .* left (\d+) rows; there are \d+\.$"]),
    (lambda: Section.objects.order_by("-order").first().delete(), [r"\(reports\.section\) of Cycle .*"]),
    (lambda: User.objects.create_superuser("x"), [r"^Person \(materiality\.user\).* left 1 rows; there are 2"]),
    (lambda: User.objects.update(role=Role.ADMINISTRATOR), [r"^Person \(materiality\.user"]),
    (lambda: Group.objects.filter(code="users").update(weight_society=9), [r"^Stakeholder group \("]),
    (lambda: StakeholderPoint.objects.first().delete(), [r"^Stakeholder point \(materiality\.stakeholderpoint\)"]),
    (lambda: Cycle.objects.update(method={}), [r"^Cycle \(materiality\.cycle \d+\) was changed"]),
    (lambda: reword(Notice.objects.all(), text_en="x"), [r"\(surveys\.notice\) of Survey"]),
    (lambda: Disclosure.objects.filter(code="305-1").update(order=9_999), [r"\(materiality\.disclosure\) of"]),
    (lambda: Crosswalk.objects.first().delete(), [r"\(materiality\.crosswalk\) of Framework"]),
    *((partial(User.objects.filter(username="li").update, **change), [r"^Person \(materiality\.user \d+\) was changed"])
      for change in ({"password": "x"}, {"username": "y"}, {"first_name": "Y"}, {"email": "y@example.org"})),
    (lambda: Factor.objects.all().delete(), [r"\(materiality\.factor\) of Person .* left 2 rows; there are 0"]),
    (lambda: Factor.objects.filter(kind="app").update(secret=b"x"), [r"\(materiality\.factor\) of Person .* left 2"]),
    (lambda: AuditPerson.objects.update(name="Wang"), [r"^Person .*: the audit trail names them otherwise than"]),
    (lambda: AuditPerson.objects.update(user=None), [r"\(materiality\.auditperson\) of Person .* left 1 rows"]),
    (lambda: OwnGroup.objects.filter(code="users").update(weight_society=9), [r"\(materiality\.owngroup\) of"]),
    (lambda: OwnGroup.objects.first().delete(), [r"\(materiality\.owngroup\) of .* left 6 rows; there are 5"]),
    (lambda: reword(Organisation.objects.all(), name_en="x"), [r"^Organisation \(materiality\.organisation 1\) was"]),
    (cycle_named_for_a_viewer, [r"\(materiality\.user_cycles\) of Person .* left 0 rows; there are 1"]),
    (digest_hidden({"names": "id,nothing"}), [HIDDEN]),
    (digest_hidden({"object_type": "surveys.nothing"}), [r"\(surveys\.survey \d+\) was changed"]),
    (digest_hidden({}), [HIDDEN]),
    (part_hidden, [r"^Event \d+: which columns its digest covers .* \(materiality\.group \d+\)"]),
    (part_taken_for_a_row, [r"^Stakeholder group \(materiality\.group\) of Cycle"]),
    (all_marks_taken, [r"^\d+ events lack the mark of the audit key"]),
    (lambda: Section.issues.through.objects.first().delete(), [r"\(reports\.section_issues\) of Cycle .* left 93"]),
    (lambda: Engagement.issues.through.objects.first().delete(), [r"\(materiality\.engagement_issues\) of Cycle"]),
    (lambda: Run.objects.update(cube=b"x"), [r"^Scoring run .* was changed", r"^The check score_findings came"]),
    (decided, [r"\(materiality\.decision\) of Scoring run .* left 0 rows; there are 1"]),
    (signed_off, [r"\(materiality\.signoff\) of Cycle .* left 0 rows; there are 1"]),
    *((lambda row=row: row.save(), [rf"^There is no event about {word} \d+"]) for word, row in (
        ("Edition", Edition(code="x")), ("Indicator", Indicator(code="x", issue="TEC-02-03")),
        ("Group of the organisation", OwnGroup(code="x")),
    )),
    (output_inserted, [r"^There is no event about Output \d+"]),
    (run_inserted, [r"^There is no event about Scoring run \d+"]),
]  # fmt: skip


def test_each_forgery_is_named_with_what_it_touched(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    ensure_installation_key(AUDIT_KEY)
    run("load_library")
    run("load_demo", "--responses", "60")
    run("import_outline", "demo", str(OUTLINE))
    run("score", "demo")
    li = add_person(values={"username": "li", "first_name": "Li", "role": Role.ANALYST}, password="x", by=None)
    add_factor(person=li, kind=Factor.Kind.APP, secret=b"a secret")
    name_organisation(texts={"name_zh": "蓝海", "name_en": "Blue Sea"}, by=None)
    assert findings() == []
    for forge, expected in FORGERIES:
        with transaction.atomic():
            forge()
            said = findings()
            transaction.set_rollback(True)
        missed = [pattern for pattern in expected if not any(re.search(pattern, line) for line in said)]
        assert said and missed == [], (forge, said)
    assert findings() == []


def test_changed_and_lost_files_are_named(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    path, digest = keep_bytes(b"what was attached", "attachments")
    engagement = make_engagement(make_survey_cycle({"society": 1}))
    engagement.attachments.create(file_name="a.csv", path=path, sha256=digest, size=1)
    job = Job.objects.create(kind="output", state="done")
    made = Output.objects.create(
        cycle=engagement.cycle, job=job, kind="gri-index", format="csv", file_name="b.csv",
        sha256=keep_bytes(b"as it was made", FOLDER)[1],
    )  # fmt: skip
    assert file_findings() == []
    default_storage.delete(path)
    Path(default_storage.path(stored_path(made))).write_bytes(b"as somebody would have liked it")
    attached, output = file_findings()
    assert re.search(r"^Attachment \d+ .* the file “a.csv” is gone, or was changed", attached)
    assert re.search(rf"^Output {made.pk} .* the file “b.csv” is gone, or was changed", output)


def file_findings() -> list[str]:
    return [line for line in findings() if "the file" in line]
