"""Add or change a bullet of a stakeholder group."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import BEFORE_SIGN_OFF, locked_cycle
from materiality.models import Group, StakeholderPoint, User
from materiality.refusals import NotAllowed

TEXTS = ("text_zh", "text_en")


@transaction.atomic
def save_point(
    *, group: Group, kind: str, text_zh: str, text_en: str, by: User | None, point: StakeholderPoint | None = None
) -> StakeholderPoint:
    """Add a bullet at the end of the group's list of `kind`, or change the texts of `point`.

    NotAllowed where the cycle is signed off, or both texts are empty.
    """
    locked_cycle(group.cycle, BEFORE_SIGN_OFF)
    texts = {"text_zh": text_zh.strip(), "text_en": text_en.strip()}
    if not any(texts.values()):
        raise NotAllowed(_("Write the text in at least one language."))
    if point is None:
        return _added(group, kind, texts, by)
    stored = StakeholderPoint.objects.get(pk=point.pk, group=group, kind=kind)
    before = {name: getattr(stored, name) for name in TEXTS if getattr(stored, name) != texts[name]}
    if not before:
        return stored
    for name in before:
        setattr(stored, name, texts[name])
    stored.save(update_fields=list(before))
    audit.record("save_point", stored, by=by, before=before, after={name: texts[name] for name in before})
    return stored


def _added(group: Group, kind: str, texts: dict[str, str], by: User | None) -> StakeholderPoint:
    last = group.points.filter(kind=kind).aggregate(last=Max("order"))["last"] or 0
    point = StakeholderPoint.objects.create(group=group, kind=kind, order=last + 1, **texts)
    audit.record("save_point", point, by=by, after={"group": group.code, "kind": kind, "order": point.order, **texts})
    return point
