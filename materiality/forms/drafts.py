"""Forms of a draft, its issues and its categories."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.drafts.codes import TEXTS, IssueTexts, texts_of
from materiality.forms.fields import ContentForm, LanguagesForm, form_field, text_field
from materiality.models import Category, Edition, Issue, Organisation
from materiality.platform.bilingual import DEFAULT_LANGUAGES, LANGUAGES, languages_of, suffix_of
from materiality.queries.stakeholders import group_names


class ReasonForm(forms.Form):
    """A change that breaks identity; `version` is that of the issue as the person saw it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the issue's lineage, so that scores can be compared over years."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TextsForm(ContentForm):
    """Names and definitions, side by side in the languages of the edition."""

    class Meta:
        model = Issue
        fields = ("name", "definition")
        widgets = {"definition": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, languages: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, languages=languages, **kwargs)
        for name in self.spoken:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not any(values.get(name) for name, text in self.spoken.items() if text.field.name == "name"):
            self.add_error("name", _("An issue needs a name in at least one language."))
        return values

    def texts(self) -> IssueTexts:
        return IssueTexts(**{name: self.cleaned_data[name] for name in self.spoken})


def group_choices(more: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The default groups and any others that an issue names."""
    known = group_names()
    return [*known.items(), *((code, code) for code in more if code not in known)]


def _groups() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Groups that can rate it"), required=False, widget=forms.CheckboxSelectMultiple, choices=group_choices
    )


class AddIssueForm(TextsForm, ReasonForm):
    """A new issue; without a code it takes the next free one."""

    code = forms.CharField(label=_("Code"), required=False, max_length=40, help_text=_("Empty: the next free code."))
    groups = _groups()
    field_order = (*TEXTS, "code", "groups", "reason")

    def __init__(self, *args: Any, proposed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposed:
            self.fields["code"].help_text = _("Empty: the next free code, %(code)s.") % {"code": proposed}


class ChangeIssueForm(TextsForm, ReasonForm):
    """Other texts, and what is meant by them."""

    change = forms.ChoiceField(
        label=_("What kind of change is it?"),
        widget=forms.RadioSelect,
        choices=(
            ("reworded", _("Wording: the issue stays what it was")),
            ("renamed", _("Renamed: another name for it")),
            ("redefined", _("Redefined: it means something else now")),
        ),
        initial="reworded",
    )
    groups = _groups()
    field_order = (*TEXTS, "change", "reason", "groups")

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        initial = {**vars(texts_of(issue)), "groups": issue.groups, "version": issue.version}
        super().__init__(*args, initial=initial, languages=languages_of(issue), **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].help_text = _("Needed when the issue is renamed or redefined.")
        self.fields["groups"].choices = group_choices(tuple(issue.groups))


class MoveIssueForm(ReasonForm):
    """Where a secondary issue (a primary issue) or a primary one (a category) goes."""

    target = forms.ModelChoiceField(queryset=Issue.objects.none(), label=_("New place"))
    field_order = ("target", "reason")

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": issue.version}, **kwargs)
        field = self.fields["target"]
        if issue.is_primary:
            field.queryset = Category.objects.filter(edition=issue.edition).exclude(pk=issue.category_id)
        else:
            active = Issue.objects.filter(edition=issue.edition, parent=None, status=Issue.Status.ACTIVE)
            field.queryset = active.exclude(pk=issue.parent_id).order_by("category__order", "order", "code")
        field.label_from_instance = _label


class MergeIssuesForm(TextsForm, ReasonForm):
    """Which issues go into this one, and what it is called then."""

    others = forms.ModelMultipleChoiceField(
        queryset=Issue.objects.none(), label=_("Issues that go into it"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("others", *TEXTS, "reason")

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        initial = {**vars(texts_of(issue)), "version": issue.version}
        super().__init__(*args, initial=initial, languages=languages_of(issue), **kwargs)
        active = Issue.objects.filter(edition=issue.edition, status=Issue.Status.ACTIVE).exclude(pk=issue.pk)
        same_level = active.filter(parent__isnull=issue.is_primary)
        self.fields["others"].queryset = same_level.order_by("category__order", "code")

    def candidates(self) -> list[tuple[int, str, bool]]:
        """Key, label and whether it is ticked, of every issue that can go into it: widgets of 2,000 would be slow."""
        ticked = {str(value) for value in self["others"].value() or ()}
        rows = self.fields["others"].queryset.defer("groups", "changed")
        return [(row.pk, _label(row), str(row.pk) in ticked) for row in rows]


class SplitIssueForm(ReasonForm):
    """The reason of a split; the parts have forms of their own."""


class RetireIssueForm(ReasonForm):
    """The reason of a retirement; a live survey about the issue has to be acknowledged."""

    acknowledged = forms.BooleanField(label=_("I know, retire it all the same"), required=False)
    field_order = ("acknowledged", "reason")

    def __init__(self, *args: Any, issue: Issue, must_acknowledge: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": issue.version}, **kwargs)
        if not must_acknowledge:
            del self.fields["acknowledged"]


class ErratumForm(TextsForm, ReasonForm):
    """The texts of a published issue, to be corrected in their spelling."""

    field_order = (*TEXTS, "reason")

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        initial = {**vars(texts_of(issue)), "version": issue.version}
        super().__init__(*args, initial=initial, languages=languages_of(issue), **kwargs)
        self.fields["reason"].help_text = _("What was misspelt; it is shown beside the old text.")


def _label(row: Issue | Category) -> str:
    return f"{row.code} {row.name}" if isinstance(row, Issue) else row.name


def parts_formset(data: Any, number: int, languages: Sequence[str]) -> forms.BaseFormSet:
    """Forms of the parts of a split, at least two."""
    formset = forms.formset_factory(TextsForm, extra=max(2, min(number, 8)), max_num=8)
    return formset(data, prefix="part", form_kwargs={"languages": languages})


def place_of(edition: Edition, primary: str | None, category: str | None) -> Issue | Category | None:
    """Where a new issue goes, by the keys of an address."""
    if primary and primary.isdecimal():
        return Issue.objects.filter(edition=edition, pk=primary).select_related("category").first()
    return Category.objects.filter(edition=edition, code=category or "").first()


class StartDraftForm(ContentForm):
    """What the next edition is called."""

    class Meta:
        model = Edition
        fields = ("code", "title", "note")
        formfield_callback = form_field

    def validate_unique(self) -> None:
        """Left to the action, which says it with all else that a code may not be."""


class CodePatternForm(forms.ModelForm):
    """Of which pattern the codes of a draft are."""

    class Meta:
        model = Edition
        fields = ("code_pattern",)


class PublishForm(forms.Form):
    """Publishing; with warnings, why it is published all the same."""

    acknowledged = forms.CharField(
        label=_("Why it is published all the same"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, must_acknowledge: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acknowledged"].required = must_acknowledge


class DiscardForm(forms.Form):
    """Discarding; the reason goes into the audit trail."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)


class FirstLibraryForm(LanguagesForm):
    """What the library of a new installation begins with."""

    begin = forms.ChoiceField(
        label=_("The first list of issues"),
        initial="model",
        widget=forms.RadioSelect,
        choices=(
            ("model", _("the default library: 93 issues in Chinese and English, to be adapted later")),
            ("own", _("our own list: from a spreadsheet, or pasted as text")),
            ("empty", _("nothing yet: issues are added one by one")),
        ),
    )
    field_order = ("begin", "languages", "more")

    def __init__(self, *args: Any, held: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        more = self.data.get("more", "")
        self.named = dict.fromkeys([*held, *DEFAULT_LANGUAGES, *([more] if more in LANGUAGES else [])])
        self.named = {language: f"name_{suffix_of(language)}" for language in self.named}
        for language, name in self.named.items():
            self.fields[name] = text_field(Organisation._meta.get_field("name"), language)
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Who names the organisation is asked for its name in a language that was just added, too."""
        cleaned = super().clean()
        name = self.named.get(cleaned.get("more"))
        if name and name not in self.data and self.names():
            self.add_error(name, gettext("What is it called in this language? It may stay empty."))
        return cleaned

    def names(self) -> dict[str, str]:
        """What the organisation is called, as far as it was said."""
        given = {name: self.cleaned_data.get(name, "") for name in self.named.values()}
        return {name: text for name, text in given.items() if text}


class CategoryForm(ContentForm):
    """The names of a category that is there."""

    class Meta:
        model = Category
        fields = ("name",)

    def names(self) -> dict[str, str]:
        """What was entered, by language."""
        return {text.language: self.cleaned_data[name] for name, text in self.spoken.items()}


class NewCategoryForm(CategoryForm):
    """A category to be added."""

    class Meta(CategoryForm.Meta):
        fields = ("code", "name")

    def validate_unique(self) -> None:
        """Left to the action, which says it with all else that a code may not be."""


class MergeCategoryForm(forms.Form):
    """Into which other category its issues go, and why."""

    into = forms.ModelChoiceField(queryset=Category.objects.none(), label=_("Category"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the lineage of its issues, so that scores can be compared over years."),
    )

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Category.objects.filter(edition=category.edition_id, status=Category.Status.ACTIVE)
        self.fields["into"].queryset = others.exclude(pk=category.pk)
        self.fields["into"].label_from_instance = lambda row: row.name
