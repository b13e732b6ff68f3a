"""The texts of an issue as a value."""

from dataclasses import asdict, dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Issue
from materiality.refusals import NotAllowed

FIELDS = ("name_zh", "name_en", "definition_zh", "definition_en")
_LONGEST_NAME = Issue._meta.get_field("name_zh").max_length


@dataclass(frozen=True)
class IssueTexts:
    """Names and definitions; one language may be missing in a draft."""

    name_zh: str = ""
    name_en: str = ""
    definition_zh: str = ""
    definition_en: str = ""

    def cleaned(self) -> "IssueTexts":
        """Without space around the texts; NotAllowed where there is no name at all or one is too long."""
        texts = IssueTexts(**{name: text.strip() for name, text in asdict(self).items()})
        if not texts.name_zh and not texts.name_en:
            raise NotAllowed(_("An issue needs a name in at least one language."))
        if max(len(texts.name_zh), len(texts.name_en)) > _LONGEST_NAME:
            raise NotAllowed(_("A name can have at most %(number)s characters.") % {"number": _LONGEST_NAME})
        return texts


def texts_of(issue: Issue) -> IssueTexts:
    """The texts as they are."""
    return IssueTexts(**{name: getattr(issue, name) for name in FIELDS})


def set_texts(issue: Issue, texts: IssueTexts) -> dict[str, str]:
    """Put the texts into the issue (not yet saved) and mark those that differ as changed now; returns the old ones."""
    wanted = asdict(texts)
    before = {name: getattr(issue, name) for name in FIELDS if getattr(issue, name) != wanted[name]}
    now = timezone.now().isoformat()
    for name in before:
        setattr(issue, name, wanted[name])
    issue.changed = {**issue.changed, **dict.fromkeys(before, now)}
    return before
