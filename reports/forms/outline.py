"""Forms of the outline: a section, an uploaded file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle
from reports.gri.index import OutlineRow
from reports.models import Section
from reports.outline.outline import HIGHEST_ORDER, LENGTHS, Books, read_disclosures, read_issues, tidy
from reports.queries.outline import disclosure_sentence, entry_sentence


class OutlineFileForm(forms.Form):
    """A CSV or XLSX file, and the GRI edition that its codes are of."""

    file = forms.FileField(label=_("Outline file"), allow_empty_file=True, help_text=_("CSV or XLSX"))
    gri_edition = forms.ChoiceField(
        label=_("GRI edition of the codes"),
        choices=Cycle.GriEdition.choices,
        help_text=_("If it is not the cycle's own, the cycle takes it over."),
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, initial={"gri_edition": cycle.gri_edition}, **kwargs)


TEXTS = ("chapter", "chapter_en", "section", "section_en", "location", "omission_requirement")


def _text(label: Any, name: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LENGTHS[name], required=False, **options)


class SectionForm(forms.Form):
    """One row of the outline; issues and disclosures are read as in a file, with all that is wrong at once."""

    order = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=HIGHEST_ORDER, help_text=_("The place in the report.")
    )
    chapter = _text(_("Chapter in Chinese"), "chapter")
    chapter_en = _text(_("Chapter in English"), "chapter_en")
    section = _text(_("Section in Chinese"), "section", help_text=_("Empty for a row that is a whole chapter."))
    section_en = _text(_("Section in English"), "section_en")
    issues = _text(
        _("Issues"),
        "issues",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Codes, such as SOC-03-01; ENV-01."),
    )
    disclosures = _text(
        _("GRI disclosures"),
        "disclosures",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Codes, ranges and whole standards: 205-1; 102-1 ~ 102-7; GRI 302."),
    )
    location = _text(_("Location"), "location", help_text=_("A page such as P28, or a web address."))
    omission_requirement = _text(_("Requirement left out"), "omission_requirement")
    omission_reason = forms.ChoiceField(
        label=_("Reason for the omission"), required=False, choices=[("", "–"), *Section.Omission.choices]
    )
    omission_explanation = _text(
        _("Explanation of the omission"), "omission_explanation", widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, books: Books, row: OutlineRow | None = None, free: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(row, books) if row else {"order": free}, **kwargs)
        self.books = books

    def clean_issues(self) -> tuple[str, ...]:
        codes, bad = read_issues(self.cleaned_data["issues"], self.books)
        if bad:
            raise forms.ValidationError([entry_sentence(problem) for _part, problem in bad])
        return tuple(codes)

    def clean_disclosures(self) -> tuple[str, ...]:
        text = self.cleaned_data["disclosures"]
        codes, problems = read_disclosures(text, text, self.books)
        if problems:
            raise forms.ValidationError([disclosure_sentence(problem) for problem in problems])
        return tuple(codes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in TEXTS:
            cleaned[name] = tidy(cleaned.get(name, ""))
        cleaned["omission_explanation"] = tidy(cleaned.get("omission_explanation", ""), lines=True)
        if not (cleaned["chapter"] or cleaned["chapter_en"] or self.errors.get("chapter")):
            self.add_error("chapter", _("Name the chapter, in Chinese or in English."))
        return cleaned

    def row(self) -> OutlineRow:
        """What was entered, once the form is valid."""
        return OutlineRow(**{name: self.cleaned_data[name] for name in self.fields})


def _initial(row: OutlineRow, books: Books) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in SectionForm.base_fields}
    spelled = "; ".join(books.catalogue.spell(code) for code in row.disclosures)
    return values | {"issues": "; ".join(row.issues), "disclosures": spelled}
