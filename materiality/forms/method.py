"""The form of a cycle's method."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import NumberField, PercentField
from materiality.models import Group, Run
from materiality.platform.bilingual import DEFAULT_LANGUAGES, LANGUAGES, html_language, suffix_of
from materiality.platform.words import later_word_for, usual_word, word_for
from materiality.queries.cycles import problem_sentence
from materiality.scoring.cube import DIMENSIONS
from materiality.scoring.method import EITHER_TIERS, LONGEST_NAME, NAMED, PRIORITY_TIERS, Method

ESTIMATORS = [
    ("comparable", _("Adjusted for who was asked: a group's habit of rating high or low is taken out")),
    ("plain", _("Plain mean of the groups that rated the issue")),
]
WEIGHTINGS = [
    ("balanced", _("Every group counts by its weight, however many answered (balanced)")),
    ("by_response", _("Every response counts: weight times the group's valid responses (pooled)")),
]
RULES = [
    ("priority", _("By priority: one ranking, cut into high, medium and low")),
    ("either", _("By either dimension (double materiality): a threshold for each")),
]
CUTS = [("shares", _("Shares of the issues")), ("absolute", _("Fixed cut points"))]
THRESHOLDS = [("shares", _("Shares of the issues: the highest of those asked")), ("absolute", _("Fixed thresholds"))]


NAMED_WORDS = {"axis": _("Axis"), "tier": _("Tier"), "zone": _("Zone of the matrix")}


_share = lazy(lambda name: gettext("%(share)s (%%)") % {"share": word_for("parameter", name)}, str)
_OF_RULES = {"priority": PRIORITY_TIERS, "either": EITHER_TIERS}


class MethodForm(forms.Form):
    """Every parameter that turns answers into scores and tiers."""

    estimator = forms.ChoiceField(label=_("Scores"), choices=ESTIMATORS, widget=forms.RadioSelect)
    weighting = forms.ChoiceField(label=_("How groups are combined"), choices=WEIGHTINGS, widget=forms.RadioSelect)
    min_n = forms.IntegerField(
        label=_("Smallest number of ratings (min n)"),
        help_text=_("A group counts for an issue only from this many ratings; at least 2, normally 5."),
    )
    all_groups = forms.BooleanField(
        label=_("Score an issue only if every group could rate it"),
        required=False,
        help_text=_("Otherwise the groups that have enough ratings are used, and the base says how many they are."),
    )
    lam = PercentField(
        label=_share("lam"),
        help_text=_("λ counts this axis in the priority, the rest of 100% the other. 50 gives both the same say."),
    )
    rule = forms.ChoiceField(label=_("Rule"), choices=RULES, widget=forms.RadioSelect)
    cuts = forms.ChoiceField(label=_("Cut by"), choices=CUTS, widget=forms.RadioSelect, required=False)
    q_high = PercentField(
        label=_("Top share that is high (%)"),
        required=False,
        help_text=_("30 makes the top 30% of the issues high."),
    )
    q_low = PercentField(
        label=_("Bottom share that is low (%)"),
        required=False,
        help_text=_("30 makes the bottom 30% low; what lies between is medium. The two add up to at most 100."),
    )
    cut_high = NumberField(
        label=_("High from"), required=False, help_text=_("A priority of this value or more is high (0–100).")
    )
    cut_low = NumberField(
        label=_("Low below"), required=False, help_text=_("A priority under this value is low (0–100).")
    )
    thresholds = forms.ChoiceField(
        label=_("Thresholds by"), choices=THRESHOLDS, widget=forms.RadioSelect, required=False
    )
    q_society = PercentField(
        label=_share("q_society"),
        required=False,
        help_text=_("20 makes the top 20% of the issues on this axis material."),
    )
    q_business = PercentField(
        label=_share("q_business"),
        required=False,
        help_text=_("20 makes the top 20% of the issues on this axis material."),
    )
    threshold_society = NumberField(
        label=later_word_for("parameter", "threshold_society"),
        required=False,
        help_text=_("A score of this value or more on this axis makes the issue material (0–100)."),
    )
    threshold_business = NumberField(
        label=later_word_for("parameter", "threshold_business"),
        required=False,
        help_text=_("A score of this value or more on this axis makes the issue material (0–100)."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("Starts the random draws behind rank intervals and certainties; the same seed gives the same run."),
    )

    def __init__(
        self,
        *args: Any,
        method: Method,
        groups: Sequence[Group] = (),
        languages: Sequence[str] = DEFAULT_LANGUAGES,
        **kwargs: Any,
    ) -> None:
        """`method` is the one in force, with the weights of the groups; of `groups` the weights can be changed too, and
        the names of axes, tiers and zones in these languages.
        """
        self.method, self.groups, self.languages = method, groups, languages
        initial = {name: getattr(method, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        for group, dimension, name in self._weights():
            label = _("%(group)s, %(dimension)s") % {"group": group.name, "dimension": word_for("dimension", dimension)}
            value = float(method.weight_matrix([group.code])[0, DIMENSIONS.index(dimension)])
            self.fields[name] = NumberField(label=label, required=False, initial=value)
            self.fields[name].widget.attrs |= {"min": 0, "step": "any", "aria-label": label}

        for about, each, language, name in self._names():
            label = f"{NAMED_WORDS[about]}, {usual_word(about, each)} ({LANGUAGES[language]})"
            text = method.names.get(about, {}).get(each, {}).get(language, "")
            self.fields[name] = forms.CharField(label=label, required=False, max_length=LONGEST_NAME, initial=text)
            self.fields[name].widget.attrs |= {"aria-label": label, "lang": html_language(language)}

    def _names(self) -> Iterator[tuple[str, str, str, str]]:
        for about, each in _named():
            for language in self.languages:
                yield about, each, language, f"name_{about}_{each}_{suffix_of(language)}"

    @property
    def name_rows(self) -> list[dict[str, Any]]:
        """What can be named, what it is usually called, the rule that it is of, and its fields by language."""
        return [
            {
                "about": NAMED_WORDS[about],
                "usual": usual_word(about, each),
                "rule": next((rule for rule, tiers in _OF_RULES.items() if each in tiers), ""),
                "fields": [
                    (LANGUAGES[language], self[f"name_{about}_{each}_{suffix_of(language)}"])
                    for language in self.languages
                ],
            }
            for about, each in _named()
        ]

    @property
    def spoken_languages(self) -> list[str]:
        return [LANGUAGES[language] for language in self.languages]

    def names(self) -> dict[str, dict[str, dict[str, str]]]:
        """{axis, tier or zone: {name: {language: text}}}; in a language that is not shown as it was."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for about, each in _named():
            kept = self.method.names.get(about, {}).get(each, {})
            texts = {language: text for language, text in kept.items() if language not in self.languages}
            for language in self.languages:
                if text := self.cleaned_data.get(f"name_{about}_{each}_{suffix_of(language)}", "").strip():
                    texts[language] = text
            if texts:
                found.setdefault(about, {})[each] = texts
        return found

    def _weights(self) -> Iterator[tuple[Group, str, str]]:
        for group in self.groups:
            for dimension in DIMENSIONS:
                yield group, dimension, f"weight_{group.code}_{dimension}"

    @property
    def weight_rows(self) -> list[tuple[Group, list[forms.BoundField]]]:
        """Each group with its fields on society and business."""
        return [
            (group, [self[f"weight_{group.code}_{dimension}"] for dimension in DIMENSIONS]) for group in self.groups
        ]

    def weights(self) -> dict[str, dict[str, float]]:
        """{group: {dimension: weight}}; a weight left empty stays as it is."""
        found = {group: dict(own) for group, own in self.method.weights.items()}
        for group, dimension, name in self._weights():
            if self.cleaned_data.get(name) is not None:
                found.setdefault(group.code, {})[dimension] = self.cleaned_data[name]
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            groups = list(self.method.weights) or None
            for problem in replace(self.method, **self.values(), weights=self.weights()).problems(groups):
                field = problem.field if problem.field in self.fields else None
                self.add_error(field, problem_sentence(problem))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Parameters by name; a share left empty stays as it is, a cut or threshold left empty is none."""
        shares = ("cuts", "q_high", "q_low", "thresholds", "q_society", "q_business")
        kept = {name for name in shares if self.cleaned_data[name] in (None, "")}
        values = {name: self.cleaned_data[name] for name in self.base_fields if name not in kept}
        return values | {"names": self.names()}


def _named() -> Iterator[tuple[str, str]]:
    for about, names in NAMED.items():
        yield from ((about, each) for each in names)


class KeepForm(forms.ModelForm):
    """What a run is kept for."""

    class Meta:
        model = Run
        fields = ("name", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}
