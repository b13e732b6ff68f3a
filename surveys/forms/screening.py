"""Form of the screening rules of a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import NumberField
from materiality.platform.words import plain_number, word_for
from surveys.models import Survey
from surveys.questionnaire.screening import RULE, Parameter, Rules
from surveys.responses.screening import flags_of_survey, rules_in_force


class RulesForm(forms.Form):
    """Effect and parameters of each rule, starting from the rules in force."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survey, rules = survey, rules_in_force(survey)
        for flag in flags_of_survey(survey):
            self.fields[flag] = _effect_field(flag, survey, rules)
            for parameter in RULE[flag].parameters:
                self.fields[parameter.attribute] = _parameter_field(parameter, rules)

    def clean(self) -> None:
        """Stored seconds per answer are whole tenths, so a finer limit could not be kept."""
        for parameter in _parameters(self.survey):
            entered = self.cleaned_data.get(parameter.attribute)
            if entered is not None and round(entered, 1) != entered:
                self.add_error(parameter.attribute, _("Enter seconds in whole tenths, such as 0.8."))

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
                "parameters": [self[parameter.attribute] for parameter in RULE[flag].parameters],
                "split_words": gettext(RULE[flag].split_words) if self.survey.split and RULE[flag].split_words else "",
                "kept": self.survey.anonymous and not RULE[flag].recomputable,
            }
            for flag in flags_of_survey(self.survey)
        ]


def form_values(rules: Rules, survey: Survey) -> list[tuple[str, str]]:
    """The same names and values made from rules."""
    names = [parameter.attribute for parameter in _parameters(survey)]
    values = [(name, plain_number(getattr(rules, name))) for name in names]
    return [(flag, rules.effects[flag]) for flag in flags_of_survey(survey)] + values


def _parameters(survey: Survey) -> list[Parameter]:
    return [parameter for flag in flags_of_survey(survey) for parameter in RULE[flag].parameters]


def _effect_field(flag: str, survey: Survey, rules: Rules) -> forms.ChoiceField:
    rule = RULE[flag]
    return forms.ChoiceField(
        label=_("Effect"),
        choices=[
            (effect, word_for("effect", effect))
            for effect in rule.effects
            if not survey.split or effect in rule.in_split
        ],
        initial=rules.effects[flag],
        error_messages={"required": _("Choose what the rule does."), "invalid_choice": _("Choose what the rule does.")},
    )


def _parameter_field(parameter: Parameter, rules: Rules) -> forms.Field:
    kind, ends = (
        forms.IntegerField if parameter.is_whole else NumberField,
        {"low": parameter.low, "high": parameter.high},
    )
    field = kind(
        label=gettext(parameter.label),
        min_value=parameter.low,
        max_value=parameter.high,
        initial=getattr(rules, parameter.attribute),
        error_messages={"required": _("Enter a number from %(low)s to %(high)s.") % ends},
    )
    field.widget.attrs["step"] = "1" if parameter.is_whole else "0.1"
    return field
