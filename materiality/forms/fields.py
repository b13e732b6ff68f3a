"""Form fields and widgets that several forms use."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import (
    DEFAULT_LANGUAGES,
    LANGUAGES,
    TextColumn,
    Texts,
    html_language,
    languages_of,
    suffix_of,
)
from materiality.platform.words import plain_number, plain_percent


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A choice among hundreds, without a mapping for each. A function that gives the choices gives (code, word)."""

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> str:
        held, attributes = str(value or ""), _attributes(self.build_attrs(self.attrs, attrs))
        options = [
            f'<option value="{escape(code)}"{" selected" if code == held else ""}>{escape(str(word))}</option>'
            for code, word in getattr(self.choices, "func", lambda: self.choices)()
        ]
        return format_html('<select name="{}"{}>{}</select>', name, attributes, mark_safe("\n".join(options)))


# Widgets that are an <input> and nothing else.
_INPUTS = {
    f"django/forms/widgets/{name}.html"
    for name in (
        *("text", "number", "email", "url", "password", "hidden", "date", "datetime", "checkbox", "file"),
        *("radio_option", "checkbox_option"),
    )
}


class PlainRenderer(TemplatesSetting):
    """Fields as all pages have them; inputs, selects and text areas without a template for each part: a long form takes
    half the time.
    """

    field_template_name = "materiality/field.html"

    def render(self, template_name: str, context: dict, request: Any = None) -> str:
        widget = context.get("widget", {})
        if template_name in _INPUTS and not widget.get("wrap_label"):
            return _input(widget)
        if template_name == "django/forms/widgets/select.html":
            return _select(widget)
        if template_name == "django/forms/widgets/textarea.html":
            return _textarea(widget)
        return super().render(template_name, context, request)


def _input(widget: dict) -> str:
    value = "" if widget["value"] is None else format_html(' value="{}"', str(widget["value"]))
    attributes = _attributes(widget["attrs"])
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes)


def _textarea(widget: dict) -> str:
    attributes, text = _attributes(widget["attrs"]), "" if widget["value"] is None else str(widget["value"])
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], attributes, text)


def _select(widget: dict) -> str:
    groups = [(name, mark_safe("\n".join(map(_option, options)))) for name, options, _index in widget["optgroups"]]
    inside = [format_html('<optgroup label="{}">{}</optgroup>', *each) if each[0] else each[1] for each in groups]
    attributes = _attributes(widget["attrs"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes, mark_safe("\n".join(inside)))


def _option(option: dict) -> str:
    value, label = escape(str(option["value"])), escape(str(option["label"]))
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _attributes(attrs: dict) -> SafeString:
    """As they come; one that is True stands without a value, one that is False not at all."""
    held = ((name, value) for name, value in attrs.items() if value is not False)
    return mark_safe(
        "".join(f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in held)
    )


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


def chosen_from(column: models.Field, choices: Any, **kwargs: Any) -> forms.TypedChoiceField:
    """The form field of a column whose values are to be chosen from these, though others could be stored."""
    said = {"label": capfirst(column.verbose_name), "help_text": column.help_text}
    return forms.TypedChoiceField(
        choices=choices, coerce=column.to_python, initial=column.get_default(), **said, **kwargs
    )


class ContentForm(forms.ModelForm):
    """A model's form with a field for each language of each text: `name_zh`, `name_en`.

    The languages are those of the row, where no others are given. `spoken` says of such a field which text it is, and
    in which language.
    """

    def __init__(self, *args: Any, languages: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(languages) or languages_of(self.instance)
        self.spoken: dict[str, TextColumn] = {}
        given, self.fields = self.fields, {}
        for name in dict.fromkeys((*(self._meta.fields or ()), *given)):
            if name in given:
                self.fields[name] = given[name]
            else:
                self.add_texts(name, self._meta.model._meta.get_field(name))
        if self.field_order:
            self.order_fields(list(self._one_by_one(self.field_order)))

    def add_texts(self, name: str, column: Texts) -> None:
        """A field for each language of a text; `name` is that of the fields, before the language."""
        for language in self.languages:
            field = text_field(column, language, (self._meta.widgets or {}).get(name))
            self.fields[f"{name}_{suffix_of(language)}"] = field
            self.spoken[f"{name}_{suffix_of(language)}"] = TextColumn(column, language)
        texts = self.initial.pop(name, {})
        for each in self._names(name):
            self.initial.setdefault(each, texts.get(self.spoken[each].language, ""))

    def _names(self, text: str) -> list[str]:
        return [f"{text}_{suffix_of(language)}" for language in self.languages]

    def _one_by_one(self, names: Iterable[str]) -> Iterable[str]:
        for name in names:
            yield from [name] if name in self.fields else self._names(name)

    def _post_clean(self) -> None:
        for name in self.spoken.keys() & self.cleaned_data.keys():
            if hasattr(self.instance, name):
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a text as a whole stands at its first language."""
        about = getattr(error, "error_dict", None)
        if about:
            error = forms.ValidationError({self._place(name): found for name, found in about.items()})
        super().add_error(field and self._place(field), error)

    def _place(self, name: str) -> str:
        first = self._names(name)[0]
        return first if name not in self.fields and first in self.fields else name


def text_field(column: Texts, language: str, widget: forms.Widget | None = None) -> forms.CharField:
    if widget is None:
        widget = forms.Textarea(attrs={"rows": 3}) if column.long else forms.TextInput()
    kind = type(widget)
    return forms.CharField(
        label=column.label(language),
        max_length=column.longest or None,
        required=not column.blank,
        widget=kind(attrs={**widget.attrs, "lang": html_language(language)}),
    )


class LanguagesForm(forms.Form):
    """Content languages: those there are, the usual two, and one more of any."""

    languages = forms.MultipleChoiceField(
        label=_("Languages of the texts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more = forms.ChoiceField(label=_("One more language"), required=False)

    def __init__(self, *args: Any, held: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = list(dict.fromkeys([*held, *DEFAULT_LANGUAGES]))
        self.fields["languages"].choices = [(code, LANGUAGES[code]) for code in shown]
        self.fields["languages"].initial = list(held)
        rest = [(code, name) for code, name in LANGUAGES.items() if code not in shown]
        self.fields["more"].choices = [("", "–"), *sorted(rest, key=lambda each: each[1].casefold())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = [*cleaned.get("languages", ()), *filter(None, [cleaned.get("more")])]
        if not chosen:
            self.add_error("languages", gettext("Choose at least one language."))
        return cleaned | {"chosen": chosen}
