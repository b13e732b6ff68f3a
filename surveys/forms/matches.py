"""Forms of the match of a foreign file: columns, answers, where the responses stand, and its saved name."""

import re
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import language_name
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.problems import comparable
from surveys.matching.answers import answered, column_place, together
from surveys.matching.apply import MatchChanges, twice, words_of
from surveys.matching.kinds import ACCEPT, KINDS
from surveys.matching.match import FIELD, IGNORED, ITEM, Asked, Match, Target, read_target
from surveys.matching.moments import zone_info
from surveys.matching.scales import rescaled
from surveys.matching.words import Issues, cleaned
from surveys.models import ResponseImport
from surveys.queries.matches import WRITTEN, at_once, target_words
from surveys.responses.reading import guess_of


class MatchForm(forms.Form):
    """Targets are posted as `t<column>`, answers as `v<map>-<word>`, what is said of a doubt as `d-<id>` and `w-<id>`;
    what is not posted stays as it was.
    """

    save_as = forms.CharField(
        label=_("Remember all this under a name"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": _("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=_("For further files of the same questionnaire, such as wave-2. Leave empty to use it once."),
    )
    dates = forms.ChoiceField(
        label=_("Order of day and month"),
        required=False,
        choices=[
            ("", _("As recognised")),
            ("dmy", _("Day first: 31/12/2026")),
            ("mdy", _("Month first: 12/31/2026")),
        ],
    )
    zone = forms.CharField(
        label=_("Time zone of the times"),
        required=False,
        max_length=60,
        help_text=_("For times without a zone, such as Asia/Shanghai, UTC or +08:00."),
    )
    everybody = forms.ChoiceField(
        label=_("Stakeholder group of everybody in the file"),
        required=False,
        help_text=_("Where all responses of a file are of one group: one file per group."),
    )
    channel = forms.CharField(
        label=_("Channel or wave of the whole file"), required=False, max_length=40,
        help_text=_("Where the file has no column for it."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the whole file"), required=False)
    submitted_at = forms.DateField(
        label=_("Date of all responses"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Where the file has no column for it."),
    )  # fmt: skip
    society = forms.CharField(
        label=_("These columns are about society"), required=False, max_length=200,
        help_text=_("Many at once, such as D:AA or D, F, H:K; each must name its issue."),
    )  # fmt: skip
    business = forms.CharField(label=_("These columns are about the business"), required=False, max_length=200)

    def __init__(self, *args: Any, imported: ResponseImport, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["everybody"].choices = [
            ("", _("As recognised")),
            *((group.code, " / ".join(dict.fromkeys((group.zh, group.en)))) for group in asked.groups),
        ]
        self.fields["language"].choices = [
            ("", _("As recognised")),
            *((tag, language_name(tag)) for tag in asked.languages),
        ]
        self.found, self.asked = guess_of(imported), asked
        self.guessed = self.found.match
        held = self.guessed.constants
        self.initial |= {"zone": self.guessed.zone or asked.zone, "everybody": held.get("group", "")}
        self.initial |= {name: held.get(name, "") for name in ("channel", "language", "submitted_at")}
        self.words = target_words(asked)
        self.targets_by_words = {comparable(words): text for text, words in self.words.items()}
        self.posted = {name: self.data[name] for name in self.data}
        self.targets: dict[int, Target] = {}
        self.wrong: dict[int, str] = {}
        self.said = self._said()
        self.left: set[str] = set()

    def _said(self) -> dict[str, str]:
        """What was said of each doubt, by its id, as a command would say it."""
        found, codes = {}, {doubt.code for doubt in self.found.doubts}
        for doubts in together(self.found.doubts):
            name = doubts[0].id
            choice = self.data.get(f"d-{name}", "")
            if choice == WRITTEN:
                choice = self.data.get(f"w-{name}", "").strip()
            # Few issues say the same once more.
            said_by = name == "lacking" and codes & {"few_issues", "no_issues"}
            bulk = at_once(doubts[0]) and (self.data.get("d-all") or said_by)
            found |= {doubt.id: choice or (ACCEPT if bulk else "") for doubt in doubts}
        return found

    def clean(self) -> dict[str, Any]:
        """Read the targets; each that the survey does not have, or that stands twice, is marked, and so is every doubt
        that nothing was said of.
        """
        self._read_targets()
        self._many_at_once()
        self._mark_twice([self.targets.get(place, column.target) for place, column in enumerate(self.guessed.columns)])
        if self.errors:
            return self.cleaned_data
        self.result = answered(self.found, self._of_unchanged(), self.asked, self._edits())
        self._mark_twice([column.target for column in self.result.match.columns])
        self.left = {doubt.id for doubt in self.result.doubts if KINDS[doubt.code].choices}
        if number := sum(1 for doubts in together(self.found.doubts) if self.left & {each.id for each in doubts}):
            text = ngettext("%(number)s thing is not decided yet.", "%(number)s things are not decided yet.", number)
            raise forms.ValidationError(text % {"number": number})
        return self.cleaned_data

    def _mark_twice(self, targets: list[Target]) -> None:
        self.wrong = dict.fromkeys(twice(targets), gettext("Another column is that already.")) | self.wrong
        if self.wrong:
            raise forms.ValidationError(gettext("Some columns cannot be that: they are marked below."))

    def match(self) -> Match:
        """The match as the person wants it."""
        return self.result.match

    def _read_targets(self) -> None:
        questions = {each.code: [code for code, _zh, _en in each.options] for each in self.asked.questions}
        for place, column in enumerate(self.guessed.columns):
            text = self.data.get(f"t{place}")
            if text is None:
                continue
            known = self.targets_by_words.get(comparable(text), text)
            target = read_target(known, self.asked.items, questions)
            if target is None:
                self.wrong[place] = gettext(
                    "The survey has no such column. Choose one from the list, or empty the field."
                )
                continue
            self.posted[f"t{place}"] = self.words.get(target.text, "" if target.kind == IGNORED else text)
            if target != column.target:
                self.targets[place] = target

    def _of_unchanged(self) -> dict[str, str]:
        """What was said, except of what a column is that was taken for something else by itself."""
        ours = [doubt for doubt in self.found.doubts if doubt.column in self.targets]
        changed = {doubt.id for doubt in ours if KINDS[doubt.code].many or not KINDS[doubt.code].of_answers}
        return {name: choice for name, choice in self.said.items() if choice and name not in changed}

    def _edits(self) -> MatchChanges:
        """What was changed beside the doubts."""
        edits = MatchChanges(targets=dict(self.targets), more=self._more())
        for number, (name, seen) in enumerate(words_of(self.guessed, self.found.examples).items()):
            for place, key in enumerate(seen):
                value = self.data.get(f"v{number}-{place}")
                if value is not None and value != "?" and self._allowed(name, value):
                    edits.values[name, key] = value
            if self.data.get(f"round{number}"):
                edits.turned.add(name)
            edits.lengths |= self._length(number, name)
        for name, value in edits.more["constants"].items():
            if value != self.guessed.constants.get(name):
                # What holds for everybody stands above a column that says it for each.
                places = [at for at, column in enumerate(self.guessed.columns)
                          if edits.targets.get(at, column.target) == Target(FIELD, name)]  # fmt: skip
                edits.targets |= dict.fromkeys(places, Target(IGNORED))
        return edits

    def _length(self, number: int, name: str) -> dict[str, int]:
        """Points of the file's own scale, 0 for those of the survey; none where nothing was posted."""
        posted = self.data.get(f"s{number}", "")
        points = int(posted) if posted.isdecimal() and len(posted) < 3 else -1
        if points == self.guessed.lengths.get(name, 0):
            return {}
        return {name: points} if points == 0 or rescaled(1, points, self.asked.k) else {}

    def _more(self) -> dict[str, Any]:
        """What holds for the whole file, and how its times are read."""
        said = self.cleaned_data
        constants = {"group": said["everybody"], "channel": said["channel"], "language": said["language"]}
        constants["submitted_at"] = said["submitted_at"].isoformat() if said["submitted_at"] else ""
        found: dict[str, Any] = {"constants": {**self.guessed.constants, **constants}}
        found["constants"] = {name: value for name, value in found["constants"].items() if value}
        if said["zone"] and said["zone"] != (self.guessed.zone or self.asked.zone):
            found |= {"zone": said["zone"], "zones": {}}
        return found | ({"dates": said["dates"]} if said["dates"] else {})

    def clean_zone(self) -> str:
        """A zone that there is."""
        zone = self.cleaned_data["zone"].strip()
        if zone and zone_info(zone) is None:
            raise forms.ValidationError(_("There is no such time zone. Write it like Asia/Shanghai or +08:00."))
        return zone

    def _many_at_once(self) -> None:
        """Take the dimension that a person gave to many columns; a column that names no issue is marked."""
        issues = Issues(self.asked.issues)
        for dimension in DIMENSIONS:
            for place in _places_of(self.cleaned_data.get(dimension, "")):
                if place >= len(self.guessed.columns):
                    continue
                column = self.guessed.columns[place]
                found = issues.find(cleaned(column.header))
                code = column.target.code if column.target.kind == ITEM else found.code if found else ""
                if code:
                    self.targets[place] = Target(ITEM, code, dimension)
                else:
                    self.wrong[place] = gettext("The header of this column names no issue of the survey.")

    def _allowed(self, name: str, value: str) -> bool:
        """A forged value is passed over."""
        target = next(column.target for column in self.guessed.columns if column.values == name)
        if target.kind in ("item", "attention"):
            return value in ("", "DK", "NA") or value in map(str, range(1, self.asked.k + 1))
        if target.kind == "profile":
            return any(value == code for each in self.asked.questions for code, _zh, _en in each.options)
        if target.code == "group":
            return value in {group.code for group in self.asked.groups}
        return value in ("", "yes", "no", *self.asked.languages)


def _places_of(text: str) -> list[int]:
    """Places of columns by letters, `D:AA, AC`."""
    places: list[int] = []
    for part in re.split(r"[,;，；\s]+", text.upper()):
        found = re.fullmatch(r"([A-Z]{1,3})(?:[:\-–]([A-Z]{1,3}))?", part)
        if found:
            first, last = (column_place(letters) for letters in (found[1], found[2] or found[1]))
            places += range(first, last + 1)
    return places


class LayoutForm(forms.Form):
    """Where the responses stand in the file, for a person who knows better than the search."""

    sheet = forms.ChoiceField(label=_("Sheet with the responses"), required=False)
    head = forms.CharField(
        label=_("Row or rows of the headings"), required=False, max_length=20,
        help_text=_("As the spreadsheet numbers them, such as 3 or 2-4. Empty: as recognised."),
    )  # fmt: skip

    def __init__(self, *args: Any, imported: ResponseImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [sheet["name"] for sheet in imported.summary.get("guess", {}).get("sheets", []) if sheet["name"]]
        self.fields["sheet"].choices = [("", _("As recognised")), *((name, name) for name in names)]
        held = imported.answers
        rows = held.get("head", [])
        written = f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else str(rows[0]) if rows else ""
        self.initial |= {"sheet": held.get("sheet", ""), "head": written}

    def clean_head(self) -> list[int]:
        """The rows, from 1."""
        written = self.cleaned_data["head"].replace("–", "-").replace(" ", "")
        found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", written)
        if not written:
            return []
        rows = list(range(int(found[1]), int(found[2] or found[1]) + 1)) if found else []
        if not rows or rows[0] < 1 or len(rows) > 10:
            raise forms.ValidationError(
                _("Write the row as a number, such as 3, or the first and the last, such as 2-4.")
            )
        return rows


class RenameForm(forms.Form):
    """Another name for a saved match."""

    name = forms.CharField(
        label=_("Name of the match"),
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": _("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=_("Under this name it is offered where files are uploaded, and taken by the command."),
    )


class DeleteForm(forms.Form):
    """Deleting a match, with the box that confirms it."""

    sure = forms.BooleanField(
        label=_("This match shall be deleted"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )
