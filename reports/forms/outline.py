"""Forms of the outline and its index: a section, a file or a pasted text, what the index claims, a decision."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import form_field
from materiality.models import Cycle
from materiality.tables.write import table_bytes
from reports.gri.index import OutlineRow, entries_of, entry_text, without_doubles
from reports.gri.reading import Reading
from reports.models import ContentIndex, IndexDecision, OutlineImport, Section
from reports.outline.outline import (
    HIGHEST_ORDER,
    LONGEST_TEXT,
    Books,
    issue_codes_in,
    locations_in,
    pasted_rows,
    read_entries,
    tidy,
)
from reports.queries.outline import reading_note


class OutlineFileForm(forms.Form):
    """A CSV or XLSX file or a pasted text, how it goes in, and the GRI edition that its codes are of."""

    file = forms.FileField(
        label=_("Outline file"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or XLSX; for locations only also the report as PDF or DOCX"),
    )
    pasted = forms.CharField(
        label=_("or paste a text"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Any text with codes: a cell of Word, columns of a spreadsheet, another company's index."),
    )
    mode = forms.ChoiceField(label=_("How it is imported"), choices=OutlineImport.Mode.choices)
    gri_edition = forms.ChoiceField(
        label=_("GRI edition of the codes"),
        choices=Cycle.GriEdition.choices,
        help_text=_("If it is not the cycle's own, the cycle takes it over."),
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, initial={"gri_edition": cycle.gri_edition}, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("file") and not cleaned.get("pasted", "").strip() and not self.errors:
            self.add_error("file", gettext("Choose a file or paste a text."))
        return cleaned

    def contents(self, books: Books) -> tuple[str, bytes]:
        """Name and bytes of the file; of a pasted text the table that it is taken for."""
        if file := self.cleaned_data["file"]:
            return file.name, file.read()
        header, *rows = pasted_rows(self.cleaned_data["pasted"], books)
        return f"{gettext('pasted text')}.csv", table_bytes("csv", "outline", header, rows)


TEXTS = ("chapter", "chapter_en", "section", "section_en", "omission_requirement")


def _text(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, required=False, **options)


def _lines(number: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": number})


class SectionForm(forms.Form):
    """One row of the outline; issues and disclosures are read as in a file, with all that is wrong at once."""

    order = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=HIGHEST_ORDER, help_text=_("The place in the report.")
    )
    chapter = _text(_("Chapter in Chinese"))
    chapter_en = _text(_("Chapter in English"))
    section = _text(_("Section in Chinese"), help_text=_("Empty for a row that is a whole chapter."))
    section_en = _text(_("Section in English"))
    issues = _text(_("Issues"), widget=_lines(2), help_text=_("Codes, such as SOC-03-01; ENV-01."))
    disclosures = _text(
        _("GRI disclosures"),
        widget=_lines(3),
        help_text=_("Codes, ranges and whole standards: 205-1; 102-1 ~ 102-7; GRI 302."),
    )
    hold = forms.BooleanField(label=_("Keep what cannot be read as text, to be decided later"), required=False)
    locations = _text(_("Locations"), widget=_lines(2), help_text=_("Pages such as P28, or web addresses; one a line."))
    omission_requirement = _text(_("Requirement left out"))
    omission_reason = forms.ChoiceField(
        label=_("Reason for the omission"), required=False, choices=[("", "–"), *Section.Omission.choices]
    )
    omission_explanation = _text(_("Explanation of the omission"), widget=_lines(3))

    def __init__(self, *args: Any, books: Books, row: OutlineRow | None = None, free: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(row, books) if row else {"order": free}, **kwargs)
        self.books, self.before = books, row

    def clean_issues(self) -> tuple[str, ...]:
        codes, bad = issue_codes_in(self.cleaned_data["issues"], self.books)
        if bad:
            sentence = gettext("There is no issue “%(code)s” in the library edition of this cycle.")
            raise forms.ValidationError([sentence % {"code": part} for part in bad])
        return tuple(codes)

    def clean_locations(self) -> tuple[str, ...]:
        return locations_in(tidy(self.cleaned_data["locations"], lines=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in TEXTS:
            cleaned[name] = tidy(cleaned.get(name, ""))
        cleaned["omission_explanation"] = tidy(cleaned.get("omission_explanation", ""), lines=True)
        if not (cleaned["chapter"] or cleaned["chapter_en"] or self.errors.get("chapter")):
            self.add_error("chapter", gettext("Name the chapter, in Chinese or in English."))
        readings = list(read_entries(cleaned.get("disclosures", ""), self.books, cleaned))
        if not cleaned.get("hold"):
            for problem in _held_notes(readings):
                self.add_error("disclosures", problem)
        cleaned["entries"] = without_doubles(entry for reading in readings for entry in entries_of(reading))
        return cleaned

    def row(self) -> OutlineRow:
        """What was entered, once the form is valid."""
        names = ("order", *TEXTS, "issues", "entries", "locations", "omission_reason", "omission_explanation")
        kept = {"frameworks": self.before.frameworks, "held": self.before.held} if self.before else {}
        return OutlineRow(**{name: self.cleaned_data[name] for name in names}, **kept)


def _held_notes(readings: list[Reading]) -> Iterator[str]:
    for reading in readings:
        if not reading.is_stored:
            yield f"“{reading.text}”: {reading_note(reading)}"


def _initial(row: OutlineRow, books: Books) -> dict[str, Any]:
    values = {name: getattr(row, name, "") for name in SectionForm.base_fields}
    spelled = "; ".join(entry_text(entry, books.gri, books.edition) for entry in row.entries)
    lists = {"issues": "; ".join(row.issues), "locations": "\n".join(row.locations)}
    return values | lists | {"disclosures": spelled, "hold": any(entry.is_held for entry in row.entries)}


class ContentIndexForm(forms.ModelForm):
    """What the index says of itself; sector standards as numbers with versions."""

    sectors = forms.CharField(
        label=_("Sector standards"), required=False, help_text=_("Number and version, such as 12@1.0.")
    )

    published_on = form_field(Cycle._meta.get_field("published_on"))
    field_order = ("claim", "sectors", "published_on")

    class Meta:
        model = ContentIndex
        fields = ("claim", "sectors", "notified_on", "pages")
        formfield_callback = form_field

    def __init__(self, *args: Any, instance: ContentIndex, **kwargs: Any) -> None:
        told = {"sectors": "; ".join(instance.sectors), "published_on": instance.cycle.published_on}
        super().__init__(*args, instance=instance, initial=told, **kwargs)

    def clean_sectors(self) -> list[str]:
        return [part for part in self.cleaned_data["sectors"].replace("；", ";").replace(";", " ").split() if part]


class PlacementForm(forms.ModelForm):
    """Disclosures that are ticked, and the section that they go into or what is decided of them."""

    identity = forms.MultipleChoiceField(
        error_messages={
            "required": _("Tick at least one disclosure."),
            "invalid_choice": _("Nothing asks for %(value)s (any more)."),
        }
    )
    order = forms.IntegerField(required=False)

    class Meta:
        model = IndexDecision
        fields = ("state", "requirement", "reason", "explanation")

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identity"].choices = [(key, key) for key in keys]
        self.fields["state"].required = False

    def chosen(self) -> list[str]:
        """What is ticked, for the page that comes back."""
        return self["identity"].value() or []
