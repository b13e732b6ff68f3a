"""Begin to send a mail to recipients."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.mail_checks import TEXTS, text_problems
from surveys.models import Delivery, Mailing, Survey
from surveys.queries.mailings import audience
from surveys.questionnaire.window import Standing, standing

MOST_A_MINUTE = 6_000


@transaction.atomic
def start_mailing(
    *, survey: Survey, kind: str, texts: Mapping[str, str], per_minute: int, address: str, by: User | None
) -> Mailing:
    """Store the mailing with a delivery for each recipient of `audience`; workers send them, `per_minute` at most.

    `texts` holds `mail_checks.TEXTS`. Links begin with `address`. NotAllowed where the survey takes no answers, a text
    is not right, the rate is not in 1..6,000, or nobody would get the mail.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if standing(stored, timezone.now()) is not Standing.OPEN:
        raise NotAllowed(_("Mails can be sent while the survey takes answers."))
    problems = text_problems(texts)
    if problems:
        raise NotAllowed(" ".join(sentence for sentences in problems.values() for sentence in sentences))
    if not 1 <= per_minute <= MOST_A_MINUTE:
        raise NotAllowed(_("Between 1 and %(most)s mails a minute can be sent.") % {"most": MOST_A_MINUTE})
    recipients = audience(stored, kind)
    if not recipients:
        raise NotAllowed(_("There is nobody who would get this mail."))
    columns = {name: texts[name] for name in TEXTS}
    mailing = Mailing.objects.create(
        survey=stored, kind=kind, per_minute=per_minute, address=address.rstrip("/"), created_by=by, **columns
    )
    Delivery.objects.bulk_create(
        (Delivery(mailing=mailing, recipient_id=recipient) for recipient in recipients), batch_size=1_000
    )
    after = {"survey": stored.code, "kind": kind, "mails": len(recipients), "per_minute": per_minute}
    audit.record("start_mailing", mailing, by=by, after=after)
    return mailing
