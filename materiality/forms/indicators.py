"""The form of an indicator: its texts, baseline and target, and a field for each year."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, NumberField, form_field
from materiality.models import Indicator
from materiality.queries.indicators import standing_issues

RECENT = 4


class IndicatorForm(ContentForm):
    """Issue and code of one that is there stay."""

    pairs = (("baseline_year", "baseline"), ("target_year", "target"))

    class Meta:
        model = Indicator
        fields = ("issue", "code", "name", "unit", "baseline_year", "baseline", "target_year", "target", "source",
                  "owner")  # fmt: skip
        formfield_callback = form_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(issue.code, f"{issue.code} {issue.name}") for issue in standing_issues()]
        self.fields["issue"] = forms.ChoiceField(label=_("Issue"), choices=choices)
        if self.instance.pk:
            self.fields["issue"].choices = [(self.instance.issue, self.instance.issue)]
            self.fields["issue"].disabled = self.fields["code"].disabled = True
        for name in self.spoken:
            self.fields[name].required = False
        for year in self._years():
            held = self.instance.values.get(year)
            self.fields[f"year_{year}"] = NumberField(label=year, required=False, initial=held)

    def _years(self) -> Iterator[str]:
        now = timezone.localdate().year
        yield from sorted({*self.instance.values, *map(str, range(now - RECENT + 1, now + 1))})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        years = [name for name in self.fields if name.startswith("year_")]
        numbers = {name.removeprefix("year_"): cleaned.pop(name, None) for name in years}
        cleaned["values"] = {year: number for year, number in numbers.items() if number is not None}
        if not any(cleaned.get(name) for name in self.spoken):
            self.add_error("name", _("Write the text in at least one language."))
        return cleaned
