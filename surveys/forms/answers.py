"""What respondents post: group and consent, ratings, the comment."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.scoring.codes import DONT_KNOW, SKIPPED
from surveys.queries.surveys_now import GroupNow

LONGEST_COMMENT = 2000
_CODES = {"d": DONT_KNOW, **{str(value): value for value in range(1, 11)}}


class StartForm(forms.Form):
    """The first page: one of the cycle's groups, and consent."""

    group = forms.ChoiceField(
        error_messages={
            "required": _("Please choose what fits you best."),
            "invalid_choice": _("Please choose one of the groups shown."),
        },
    )
    consent = forms.BooleanField(
        error_messages={
            "required": _(
                "Without your consent we may not ask you anything, and nothing has been stored. "
                "If you agree, tick the box; if not, simply close this page."
            ),
        }
    )

    def __init__(self, *args, groups: Iterable[GroupNow], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.code, group.code) for group in groups]


class CommentForm(forms.Form):
    """The last page: what somebody wants to add."""

    comment = forms.CharField(
        required=False,
        max_length=LONGEST_COMMENT,
        error_messages={
            "max_length": _(
                "Your comment is too long: please shorten it to %(limit_value)d characters (it has %(show_value)d)."
            ),
        },
    )


def posted_codes(posted: Mapping[str, str], positions: Iterable[int], k: int) -> dict[int, int]:
    """The codes of the items on the posted page. Nothing chosen is skipped; a value that no button has changes
    nothing, and neither does a name that is not on the page.
    """
    found = {}
    for position in positions:
        value = posted.get(f"r{position}")
        code = SKIPPED if value is None else _CODES.get(value)
        if code is not None and (code <= k or code == DONT_KNOW):
            found[position] = code
    return found
