"""What somebody proposes for the library, and what it must hold."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from materiality.models import Edition, Issue, Proposal, User
from materiality.refusals import NotAllowed

TEXTS = ("name_zh", "name_en", "text_zh", "text_en", "reason", "source")


@dataclass(frozen=True)
class ProposalValues:
    """`issue` is one of the edition in force, None for a new one; `text` the definition that is proposed."""

    kind: str
    issue: Issue | None = None
    name_zh: str = ""
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    reason: str = ""
    source: str = ""

    def told(self) -> dict:
        """The values as the audit trail keeps them: the issue by its code."""
        texts = {name: getattr(self, name) for name in TEXTS}
        return {"kind": self.kind, "issue": self.issue.code if self.issue else "", **texts}


def what_is_wrong(values: ProposalValues) -> dict[str, str]:
    """What a proposal lacks, in sentences by field; empty where it can be made."""
    wrong = {}
    if values.kind not in Proposal.Kind.values:
        wrong["kind"] = _("There is no such kind of proposal.")
    if not values.reason.strip():
        wrong["reason"] = _("Say why: whoever decides has only the reason to go by.")
    if values.kind == Proposal.Kind.NEW:
        if values.issue:
            wrong["issue"] = _("A new issue is none of the library yet: leave this empty.")
        if not (values.name_zh.strip() or values.name_en.strip()):
            wrong["name_zh"] = _("Name the new issue in at least one language.")
    elif values.issue is None:
        wrong["issue"] = _("Choose the issue that is meant.")
    elif values.issue.status == Issue.Status.RETIRED or values.issue.edition.state != Edition.State.PUBLISHED:
        wrong["issue"] = _("Choose an active issue of the edition in force.")
    return wrong


def draft_under_review() -> Edition | None:
    """The newest draft of the library, None where no review is under way."""
    return Edition.objects.filter(state=Edition.State.DRAFT).order_by("-created_at", "-pk").first()


def store_proposal(values: ProposalValues, *, origin: str, by: User | None) -> Proposal:
    """Write the proposal's row, for the actions that make one. NotAllowed with everything that is wrong."""
    if wrong := what_is_wrong(values):
        raise NotAllowed(" ".join(wrong.values()))
    texts = {name: getattr(values, name).strip() for name in TEXTS}
    rest = {"kind": values.kind, "issue": values.issue, "origin": origin, "created_by": by}
    return Proposal.objects.create(edition=draft_under_review(), **texts, **rest)
