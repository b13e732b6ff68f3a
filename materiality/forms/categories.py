"""Forms of the categories of a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm
from materiality.models import Category


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
