"""Forms of imports: the match of columns and answers, and its saved name."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from surveys.matching.apply import revise, twice, words_of
from surveys.matching.match import OUTSIDE_DROP, OUTSIDE_KEEP, READY_MADE, Asked, Match, Target, read_target
from surveys.models import ResponseImport
from surveys.responses.reading import AUTO, examples_of, stored_match, unanswered

RESERVED = (AUTO, *READY_MADE)


class MatchForm(forms.Form):
    """Targets are posted as `t<column>`, answers as `v<map>-<word>`; what is not posted stays as it was."""

    save_as = forms.CharField(
        label=gettext_lazy("Save this match under a name"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": gettext_lazy("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=gettext_lazy(
            "For further files of the same questionnaire, such as wave-2. Leave empty to use it once."
        ),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Order of day and month"),
        required=False,
        choices=[
            ("", gettext_lazy("As recognised")),
            ("dmy", gettext_lazy("Day first: 31/12/2026")),
            ("mdy", gettext_lazy("Month first: 12/31/2026")),
        ],
    )

    def __init__(self, *args: Any, imported: ResponseImport, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guessed, self.asked = stored_match(imported.match), asked
        self.examples = examples_of(imported)
        self.targets: dict[int, Target] = {}
        self.written: dict[int, str] = {}
        self.wrong: dict[int, str] = {}

    def clean_save_as(self) -> str:
        """A name of its own: those of the ready-made matches are taken."""
        name = self.cleaned_data["save_as"].strip()
        if name in RESERVED:
            raise forms.ValidationError(gettext("This name belongs to a ready-made match. Choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        """Read the targets; each that the survey does not have, or that stands twice, is marked."""
        questions = {each.code: [code for code, _zh, _en in each.options] for each in self.asked.questions}
        for place in range(len(self.guessed.columns)):
            text = self.data.get(f"t{place}")
            if text is None:
                continue
            self.written[place] = text[:200]
            target = read_target(text, self.asked.items, questions)
            if target is None:
                self.wrong[place] = gettext(
                    "The survey has no such column. Choose one from the list, or empty the field."
                )
            else:
                self.targets[place] = target
        every = [self.targets.get(place, column.target) for place, column in enumerate(self.guessed.columns)]
        for place in twice(every):
            self.wrong.setdefault(place, gettext("Another column is that already."))
        if self.wrong:
            raise forms.ValidationError(gettext("Some columns cannot be that: they are marked below."))
        return self.cleaned_data

    def match(self) -> Match:
        """The match as the person wants it."""
        values = {}
        for number, (name, seen) in enumerate(words_of(self.guessed, self.examples).items()):
            for place, key in enumerate(seen):
                value = self.data.get(f"v{number}-{place}")
                if value is not None and value != "?" and self._allowed(name, value):
                    values[name, key] = value
        return revise(self.guessed, self.targets, values, self.examples, self.asked, dates=self.cleaned_data["dates"])

    def _allowed(self, name: str, value: str) -> bool:
        """A forged value is passed over."""
        target = next(column.target for column in self.guessed.columns if column.values == name)
        if target.kind in ("item", "attention"):
            return value in ("", "DK", "NA") or value in map(str, range(1, self.asked.k + 1))
        if target.kind == "profile":
            return any(value == code for each in self.asked.questions for code, _zh, _en in each.options)
        if target.code == "group":
            return value in {group.code for group in self.asked.groups}
        return value in ("", "yes", "no", "zh-hans", "en")


def row_answers(imported: ResponseImport, posted: Mapping[str, str]) -> dict[str, object]:
    """What a person said of the doubts about the rows, each posted as `d-<code>`."""
    codes = [doubt["code"] for doubt in unanswered(imported)]
    said = {code: posted.get(f"d-{code}", "") for code in codes}
    outside = said.get("outside_plan", "")
    answers: dict[str, object] = {"outside": outside} if outside in (OUTSIDE_DROP, OUTSIDE_KEEP) else {}
    accepted = [code for code, answer in said.items() if answer == "accept" and code != "outside_plan"]
    return {**answers, "accepted": [*imported.answers.get("accepted", ()), *accepted]}


class RenameForm(forms.Form):
    """Another name for a saved match."""

    name = forms.CharField(
        label=_("Name of the match"),
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": _("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=_("Under this name it is offered where files are uploaded, and taken by the command."),
    )

    def clean_name(self) -> str:
        """A name of its own: those of the ready-made matches are taken."""
        name = self.cleaned_data["name"].strip()
        if name in RESERVED:
            raise forms.ValidationError(_("This name belongs to a ready-made match. Choose another."))
        return name


class DeleteForm(forms.Form):
    """Deleting a match, with the box that confirms it."""

    sure = forms.BooleanField(
        label=_("This match shall be deleted"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )
