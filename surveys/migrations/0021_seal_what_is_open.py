"""Seal what lies open of anonymous surveys that are not finalised: drafts, finished answers, parts given, paper sheets.

A draft that was begun by a personal link opens with that link from now on, any other with its cookie.
"""

from django.db import migrations
from django.utils import timezone

from materiality.platform.keys import seal
from materiality.scoring.cube import NOT_ASKED
from surveys.invitations.links import secret_of
from surveys.models.responses import random_id
from surveys.questionnaire.contents import LONGEST_SEALED_COMMENT, Contents, pack, sealed_size
from surveys.questionnaire.tokens import token_of
from surveys.respond.keys import key_of, key_of_counts, key_of_sheets, lookup_of, make_survey_key, opener_of
from surveys.respond.sealed import seal_finished, seal_part


def seal_what_is_open(apps, schema_editor):
    models = {name: apps.get_model("surveys", name) for name in (
        "Survey", "Draft", "ReadyDraft", "SealedDraft", "Item", "ProfileQuestion", "Assignments", "PaperSheet",
    )}  # fmt: skip
    for survey in models["Survey"].objects.filter(anonymous=True, sealed_at=None).exclude(state="draft"):
        survey.key_check = make_survey_key()
        survey.save(update_fields=["key_check"])
        key, size = key_of(survey), _size(models, survey)
        for draft in models["Draft"].objects.filter(survey=survey).select_related("batch"):
            models["SealedDraft"].objects.create(**_begun(models, survey, draft, key, size))
            draft.delete()
        for ready in models["ReadyDraft"].objects.filter(survey=survey):
            models["SealedDraft"].objects.create(**_finished(survey, ready, key, size))
            ready.delete()
        for row in models["Assignments"].objects.filter(survey=survey):
            row.counts = seal(key_of_counts(key), bytes(row.counts))
            row.save(update_fields=["counts"])
        for sheet in models["PaperSheet"].objects.filter(survey=survey).exclude(state="stored"):
            _seal_sheet(sheet, key, size)
    if schema_editor and schema_editor.connection.vendor == "postgresql":
        # Checks that still wait would keep tables from being altered in this transaction.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _size(models, survey) -> int:
    questions = models["ProfileQuestion"].objects.filter(survey=survey).order_by("position")
    options = [(row.code, [option["code"] for option in row.options]) for row in questions]
    return sealed_size(models["Item"].objects.filter(survey=survey).count(), options)


def _begun(models, survey, draft, key: bytes, size: int) -> dict:
    secret = token_of(secret_of(draft.batch.salt), draft.batch_id, draft.serial) if draft.batch_id else draft.key.hex
    lookup = lookup_of(key, secret)
    contents = Contents(
        bytes(draft.ratings), _shortened(draft.comment), draft.profile, draft.attention, draft.language,
        notice_version=draft.notice_version, started_at=draft.started_at, batch_id=draft.batch_id, serial=draft.serial,
    )  # fmt: skip
    columns = {name: getattr(draft, name) for name in ("survey_id", "group_id", "channel", "page", "counted")}
    part = b""
    if survey.split:
        items = models["Item"].objects.filter(survey=survey).order_by("position").values_list("issue", "position")
        places = {issue: place for place, issue in enumerate(dict.fromkeys(issue for issue, _position in items))}
        asked = {places[issue] for issue, position in items if bytes(draft.ratings)[position] != NOT_ASKED}
        part = seal_part(key, sorted(asked), len(places), lookup)
    return columns | {
        "id": random_id(),
        "lookup": lookup,
        "sealed": seal(opener_of(key, secret), pack(contents, size), lookup),
        "part": part,
        "begun_on": draft.started_at.date(),
        "saved_at": draft.saved_at or draft.started_at,
    }


def _finished(survey, ready, key: bytes, size: int) -> dict:
    row, now = random_id(), timezone.now()
    lookup = lookup_of(key, f"before {row}")
    contents = Contents(bytes(ready.ratings), ready.comment, ready.profile, flags=ready.flags)
    return {
        "id": row,
        "survey_id": survey.pk,
        "group_id": ready.group_id,
        "state": "finished",
        "channel": "",
        "lookup": lookup,
        # Nobody writes it again, so that a comment of earlier times may be longer.
        "sealed": seal_finished(key, contents, size + 4 * len(ready.comment), lookup),
        "begun_on": now.date(),
        "saved_at": now,
    }


def _shortened(comment: str) -> str:
    return comment.encode("utf-16-le")[: 2 * LONGEST_SEALED_COMMENT].decode("utf-16-le", "ignore")


def _seal_sheet(sheet, key: bytes, size: int) -> None:
    packed = [bytes(sheet.asked)]
    for name in ("first", "second"):
        comment, profile = _shortened(getattr(sheet, f"{name}_comment")), getattr(sheet, f"{name}_profile")
        packed.append(pack(Contents(bytes(getattr(sheet, name)), comment, profile or {}), size))
        setattr(sheet, name, b"")
        setattr(sheet, f"{name}_comment", "")
        setattr(sheet, f"{name}_profile", {})
    about = f"{sheet.survey_id}/{sheet.number}".encode()
    sheet.asked, sheet.sealed = b"", seal(key_of_sheets(key), b"".join(packed), about)
    sheet.save()


class Migration(migrations.Migration):
    dependencies = [("surveys", "0020_sealed_drafts")]

    operations = [
        migrations.RunPython(seal_what_is_open, migrations.RunPython.noop),
        migrations.DeleteModel(name="ReadyDraft"),
    ]
