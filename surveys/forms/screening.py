"""Form of the screening rules of a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import NumberField
from materiality.platform.words import plain_number
from surveys.models import Survey
from surveys.questionnaire.screening import REJECT, Rules, parameters_of
from surveys.responses.rules import flags_of_survey, rules_in_force

EFFECTS = [("reject", _("rejects")), ("mark", _("marks only")), ("off", _("off"))]
LABELS = {
    "incomplete_percent": _("Share answered at least (%)"),
    "straight_line_percent": _("Share of one value from (%)"),
    "straight_line_min": _("Number of ratings from"),
    "speeding_seconds": _("Seconds per answer at least"),
}


class RulesForm(forms.Form):
    """Effect and parameters of each rule, starting from the rules in force."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survey, rules = survey, rules_in_force(survey)
        for flag in flags_of_survey(survey):
            self.fields[flag] = _effect_field(flag, survey, rules)
            for attribute, low, high in parameters_of(flag).values():
                self.fields[attribute] = _parameter_field(attribute, low, high, rules)

    def clean_speeding_seconds(self) -> float:
        """Stored seconds per answer are whole tenths, so a finer limit could not be kept."""
        seconds = self.cleaned_data["speeding_seconds"]
        if round(seconds, 1) != seconds:
            raise forms.ValidationError(_("Enter seconds in whole tenths, such as 0.8."))
        return seconds

    def rules(self) -> Rules:
        """The rules as entered; the form must be valid."""
        values = dict(self.cleaned_data)
        effects = {**rules_in_force(self.survey).effects}
        effects |= {flag: values.pop(flag) for flag in flags_of_survey(self.survey)}
        return Rules(effects, **values)

    def lines(self) -> list[dict]:
        """Each rule with its fields, for the page."""
        return [
            {
                "flag": flag,
                "effect": self[flag],
                "parameters": [self[attribute] for attribute, _low, _high in parameters_of(flag).values()],
            }
            for flag in flags_of_survey(self.survey)
        ]

    def as_entered(self) -> list[tuple[str, str]]:
        """Names and values as they were sent, to be sent once more."""
        return [(name, self.data.get(name, "")) for name in self.fields]


def values_of(rules: Rules, survey: Survey) -> list[tuple[str, str]]:
    """The same names and values made from rules."""
    parameters = [attribute for flag in flags_of_survey(survey) for attribute, *_ends in parameters_of(flag).values()]
    values = [(name, plain_number(getattr(rules, name))) for name in parameters]
    return [(flag, rules.effects[flag]) for flag in flags_of_survey(survey)] + values


def _effect_field(flag: str, survey: Survey, rules: Rules) -> forms.ChoiceField:
    never = survey.split and flag == "straight_line"
    choices = [choice for choice in EFFECTS if not (never and choice[0] == REJECT)]
    return forms.ChoiceField(
        label=_("Effect"),
        choices=choices,
        initial=rules.effects[flag],
        error_messages={"required": _("Choose what the rule does."), "invalid_choice": _("Choose what the rule does.")},
    )


def _parameter_field(attribute: str, low: float, high: float, rules: Rules) -> forms.Field:
    kind = forms.IntegerField if isinstance(low, int) else NumberField
    field = kind(
        label=LABELS[attribute],
        min_value=low,
        max_value=high,
        initial=getattr(rules, attribute),
        error_messages={
            "required": _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high},
        },
    )
    field.widget.attrs["step"] = "1" if isinstance(low, int) else "0.1"
    return field
