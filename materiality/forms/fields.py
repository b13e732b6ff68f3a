"""Form fields and widgets that several forms use."""

from typing import Any

from django import forms

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
