"""What stands against publishing a draft, or should be known before."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import ngettext

from materiality.models import Edition, Issue, Proposal


@dataclass(frozen=True)
class Unfinished:
    """One kind of what is unfinished: how many, in a sentence, and the codes or names to look at."""

    kind: str
    number: int
    sentence: str
    examples: tuple[str, ...]


def publishing_warnings(edition: Edition) -> list[Unfinished]:
    """What must be acknowledged: undecided proposals, and texts that lack one language."""
    found = [_proposals(edition), _translations(edition)]
    return [warning for warning in found if warning.number]


def lacking_translation(edition: Edition) -> list[Issue]:
    """Active issues of which a name or a definition is there in one language only."""
    name = Q(name_zh="") ^ Q(name_en="")
    definition = Q(definition_zh="") ^ Q(definition_en="")
    return list(edition.issues.filter(name | definition, status=Issue.Status.ACTIVE).order_by("code"))


def open_proposals(edition: Edition) -> list[Proposal]:
    """Proposals that nobody has decided on, for this draft or for whichever comes next."""
    meant = Q(edition=edition) | Q(edition__isnull=True)
    return list(Proposal.objects.filter(meant, state=Proposal.State.OPEN).select_related("issue").order_by("pk"))


def _proposals(edition: Edition) -> Unfinished:
    found = open_proposals(edition)
    names = tuple(row.name or (row.issue.name if row.issue else row.get_kind_display()) for row in found)
    sentence = ngettext(
        "%(number)s proposal is not decided yet.", "%(number)s proposals are not decided yet.", len(found)
    )
    return Unfinished("open_proposals", len(found), sentence % {"number": len(found)}, names)


def _translations(edition: Edition) -> Unfinished:
    found = lacking_translation(edition)
    sentence = ngettext("%(number)s issue lacks a translation.", "%(number)s issues lack a translation.", len(found))
    examples = tuple(f"{issue.code} {issue.name}" for issue in found)
    return Unfinished("missing_translations", len(found), sentence % {"number": len(found)}, examples)
