"""Make a respondent's open answer a proposal for the library."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Proposal, User
from materiality.proposal_values import ProposalValues, store_proposal
from materiality.refusals import NotAllowed
from surveys.models import Survey
from surveys.queries.open_answers import find_answer


@transaction.atomic
def promote_comment(*, survey: Survey, reference: str, values: ProposalValues, by: User | None) -> Proposal:
    """Put a proposal before those who decide, with the open answer as its source.

    `values.reason` is what was said, as far as it is to be kept. NotAllowed where the answer is gone, was made a
    proposal before, or the values are wrong.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)  # two people must not promote one answer
    answer = find_answer(survey, reference)
    if answer is None:
        raise NotAllowed(_("There is no such open answer in the survey."))
    if answer.proposal:
        raise NotAllowed(_("This open answer is a proposal already."))
    values = replace(values, source=answer.source)
    proposal = store_proposal(values, origin=Proposal.Origin.RESPONDENT, by=by)
    audit.record("promote_comment", proposal, by=by, after=values.told(), reason=proposal.reason)
    return proposal
