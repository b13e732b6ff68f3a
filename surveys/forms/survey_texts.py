"""What of a survey may change while it is open: thanks, privacy notice, what is kept how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.actions.change_open_survey import FIELDS
from surveys.actions.edit_survey import NOTICE
from surveys.models import Survey
from surveys.queries.notice_texts import notice_texts


class TextField(forms.CharField):
    """A longer text that may be left empty."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class DaysField(forms.IntegerField):
    """A number of days."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=3650, initial=30, **kwargs)


class TextsForm(forms.Form):
    """The part of a survey's form that every survey has, open or not."""

    notice_zh = TextField(label=_("Privacy notice in Chinese"), rows=5)
    notice_en = TextField(label=_("Privacy notice in English"), rows=5)
    thanks_zh = TextField(label=_("Thanks in Chinese"), rows=4)
    thanks_en = TextField(label=_("Thanks in English"), rows=4)
    drafts_kept_days = DaysField(
        label=_("Days that unfinished answers are kept"),
        help_text=_("Answers that were begun but never submitted are deleted so many days after they were begun."),
    )
    recipients_kept_days = DaysField(
        label=_("Days that recipients are kept"),
        help_text=_("Names and addresses of invited people are deleted so many days after the survey closed."),
    )


class OpenSurveyForm(TextsForm):
    """What may still change in a survey that was opened."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        as_it_is = {name: getattr(survey, name) for name in FIELDS} | notice_texts(survey)
        super().__init__(*args, initial=as_it_is, **kwargs)
        self.notice_stays = survey.anonymous or survey.state != Survey.State.OPEN
        for name in NOTICE:
            self.fields[name].disabled = self.notice_stays
