"""What respondents post: the first page, ratings, answers about themselves, a comment."""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.scoring.cube import DONT_KNOW, SKIPPED
from surveys.models import ProfileQuestion, Survey
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.questionnaire.contents import LONGEST_SEALED_COMMENT
from surveys.respond.rows import GroupNow

LONGEST_COMMENT, LONGEST_TEXT = 10_000, 200
_CODES = {"d": DONT_KNOW, **{str(value): value for value in range(1, 11)}}


class StartForm(forms.Form):
    """The first page: one of the cycle's groups, and consent."""

    group = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Please choose what fits you best."),
            "invalid_choice": gettext_lazy("Please choose one of the groups shown."),
        },
    )
    consent = forms.BooleanField(
        error_messages={
            "required": gettext_lazy(
                "Without your consent we may not ask you anything, and nothing has been stored. "
                "If you agree, tick the box; if not, simply close this page."
            ),
        }
    )

    notice = forms.CharField(required=False, max_length=10)

    def __init__(self, *args, groups: Iterable[GroupNow], notice_version: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.notice_version = notice_version
        self.fields["group"].choices = [(group.code, group.code) for group in groups]

    def clean(self) -> dict:
        """Consent is to the notice that was shown: where there is another by now, it has to be read."""
        cleaned = super().clean()
        if cleaned.get("notice") not in ("", str(self.notice_version)) and "consent" in cleaned:
            self.add_error(
                "consent",
                gettext_lazy(
                    "What is said about your data has changed in the meantime: please read it again and agree."
                ),
            )
        return cleaned


class CommentForm(forms.Form):
    """The last page: what somebody wants to add."""

    comment = forms.CharField(required=False)

    def __init__(self, *args, longest: int = LONGEST_COMMENT, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.longest = longest

    def clean_comment(self) -> str:
        """Characters are counted as browsers do, a line break as one."""
        comment = self.cleaned_data["comment"].replace("\r\n", "\n")
        number = len(comment.encode("utf-16-le")) // 2
        if number > self.longest:
            raise forms.ValidationError(
                _("Your comment is too long: please shorten it to %(limit_value)d characters (it has %(show_value)d).")
                % {"limit_value": self.longest, "show_value": number}
            )
        return comment


class TextForm(forms.Form):
    """A short text about oneself."""

    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={
            "max_length": gettext_lazy(
                "This is too long: please shorten it to %(limit_value)d characters (it has %(show_value)d)."
            ),
        },
    )


def posted_code(value: str | None, k: int) -> int | None:
    """The code of one posted rating: skipped where nothing was chosen, None for a value that no button has."""
    code = SKIPPED if value is None else _CODES.get(value)
    return code if code is not None and (code <= k or code == DONT_KNOW) else None


def posted_codes(posted: Mapping[str, str], positions: Iterable[int], k: int) -> dict[int, int]:
    """The codes of the items on the posted page. Nothing chosen is skipped; a value that no button has changes
    nothing, and neither does a name that is not on the page.
    """
    found = ((position, posted_code(posted.get(f"r{position}"), k)) for position in positions)
    return {position: code for position, code in found if code is not None}


def posted_profile(posted: QueryDict, questions: Iterable[ProfileQuestion]) -> tuple[dict, dict[str, str]]:
    """({question code: option, options or text}, {question code: error}); what was not answered, and options that a
    question does not have, are left out. A text that is too long is given back as it is, with its error.
    """
    given, errors = {}, {}
    for question in questions:
        values = posted.getlist(f"p_{question.code}")
        if not QUESTION_KINDS[question.kind].has_options:
            form = TextForm({"text": values[-1] if values else ""})
            answer = form.cleaned_data["text"] if form.is_valid() else values[-1][:100_000]
            if form.errors:
                errors[question.code] = form.errors["text"][0]
        else:
            chosen = [option["code"] for option in question.options if option["code"] in values]
            several = QUESTION_KINDS[question.kind].several
            answer = chosen if several else (chosen[0] if chosen else "")
        if answer:
            given[question.code] = answer
    return given, errors


def longest_comment(survey: Survey) -> int:
    """How many characters a comment may have; where it is sealed, all take the room of the longest."""
    return LONGEST_SEALED_COMMENT if survey.anonymous else LONGEST_COMMENT
