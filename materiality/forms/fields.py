"""Form fields and widgets that several forms use."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst

from materiality.platform.words import plain_number, plain_percent


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NumberField(forms.DecimalField):
    """A number as float; limits are the method's business, not the field's."""

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value) if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        number = super().clean(value)
        return None if number is None else float(number)


class PercentField(NumberField):
    """A share 0–1 shown and entered in per cent."""

    def prepare_value(self, value: Any) -> Any:
        return plain_percent(value) if isinstance(value, float) else value

    def clean(self, value: Any) -> float | None:
        number = forms.DecimalField.clean(self, value)
        return None if number is None else float(number / 100)


def form_field(column: models.Field, **kwargs: Any) -> forms.Field:
    """The form field of a model's column as this application shows it."""
    if isinstance(column, models.FloatField):
        kwargs["form_class"] = NumberField
    elif isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        kwargs["widget"] = DateInput()
    elif isinstance(column, models.TextField):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    elif isinstance(column, models.IntegerField):
        limits = {type(each): each.limit_value for each in column._validators if hasattr(each, "limit_value")}
        kwargs["min_value"] = limits.get(MinValueValidator, 0)
        kwargs["max_value"] = limits.get(MaxValueValidator)
    elif column.choices and not column.blank:
        kwargs.setdefault("initial", column.choices[0][0])  # no empty choice; a row's own value goes before it
    return column.formfield(**kwargs)


def chosen_from(column: models.Field, choices: Any) -> forms.TypedChoiceField:
    """The form field of a column whose values are to be chosen from these, though others could be stored."""
    said = {"label": capfirst(column.verbose_name), "help_text": column.help_text}
    return forms.TypedChoiceField(choices=choices, coerce=column.to_python, initial=column.get_default(), **said)
