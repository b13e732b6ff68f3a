"""Forms of imports: the match of columns and answers, and its saved name."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from materiality.scoring.cube import DIMENSIONS
from materiality.tables.problems import comparable
from surveys.matching.answers import ACCEPT, TURN, choices_of, column_place, ordered_words
from surveys.matching.apply import revise, twice, words_of
from surveys.matching.match import IGNORED, ITEM, READY_MADE, Asked, Match, Target, read_target
from surveys.matching.moments import zone_info
from surveys.matching.scales import rescaled
from surveys.matching.words import Issues, cleaned
from surveys.models import ResponseImport
from surveys.queries.imports import whole_file_doubts
from surveys.queries.plans import target_words
from surveys.responses.reading import AUTO, examples_of, stored_match, unanswered

RESERVED = (AUTO, *READY_MADE)


class MatchForm(forms.Form):
    """Targets are posted as `t<column>`, answers as `v<map>-<word>`; what is not posted stays as it was."""

    save_as = forms.CharField(
        label=gettext_lazy("Save this match under a name"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": gettext_lazy("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=gettext_lazy(
            "For further files of the same questionnaire, such as wave-2. Leave empty to use it once."
        ),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Order of day and month"),
        required=False,
        choices=[
            ("", gettext_lazy("As recognised")),
            ("dmy", gettext_lazy("Day first: 31/12/2026")),
            ("mdy", gettext_lazy("Month first: 12/31/2026")),
        ],
    )

    zone = forms.CharField(
        label=_("Time zone of the times"),
        required=False,
        max_length=60,
        help_text=_("For times without a zone, such as Asia/Shanghai, UTC or +08:00."),
    )
    everybody = forms.ChoiceField(
        label=_("Everybody in this file is"),
        required=False,
        help_text=_("Where the file has no column for the stakeholder group: one file per group."),
    )
    channel = forms.CharField(
        label=_("Channel or wave of the whole file"), required=False, max_length=40,
        help_text=_("Where the file has no column for it."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of the whole file"), required=False,
        choices=[("", _("As recognised")), ("zh-hans", "中文"), ("en", "English")],
    )  # fmt: skip
    society = forms.CharField(
        label=_("These columns are about society"), required=False, max_length=200,
        help_text=_("Many at once, such as D:AA or D, F, H:K; each must name its issue."),
    )  # fmt: skip
    business = forms.CharField(label=_("These columns are about the business"), required=False, max_length=200)

    def __init__(self, *args: Any, imported: ResponseImport, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["everybody"].choices = [
            ("", _("– a column says it –")),
            *((group.code, f"{group.zh} / {group.en}") for group in asked.groups),
        ]
        self.guessed, self.asked = stored_match(imported.match), asked
        held = self.guessed.constants
        self.initial |= {"zone": self.guessed.zone or asked.zone, "everybody": held.get("group", "")}
        self.initial |= {name: held.get(name, "") for name in ("channel", "language")}
        self.examples = examples_of(imported)
        doubts = imported.summary.get("guess", {}).get("doubts", [])
        self.asks = [doubt for doubt in doubts if TURN in choices_of(doubt["code"])]
        self.settles = [doubt["id"] for doubt in whole_file_doubts(doubts) if ACCEPT in choices_of(doubt["code"])]
        at_once = dict.fromkeys(self.settles, self.data.get("d-all", ""))
        posted = {name: self.data.get(f"d-{name}", "") for name in (*self.settles, *(each["id"] for each in self.asks))}
        self.said = {name: answer or at_once.get(name, "") for name, answer in posted.items()}
        self.words = target_words(asked)
        self.targets_by_words = {comparable(words): text for text, words in self.words.items()}
        self.targets: dict[int, Target] = {}
        self.written: dict[int, str] = {}
        self.wrong: dict[int, str] = {}

    def clean_save_as(self) -> str:
        """A name of its own: those of the ready-made matches are taken."""
        name = self.cleaned_data["save_as"].strip()
        if name in RESERVED:
            raise forms.ValidationError(gettext("This name belongs to a ready-made match. Choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        """Read the targets; each that the survey does not have, or that stands twice, is marked."""
        questions = {each.code: [code for code, _zh, _en in each.options] for each in self.asked.questions}
        for place in range(len(self.guessed.columns)):
            text = self.data.get(f"t{place}")
            if text is None:
                continue
            self.written[place] = text[:200]
            known = self.targets_by_words.get(comparable(text), text)
            target = read_target(known, self.asked.items, questions)
            if target is None:
                self.wrong[place] = gettext(
                    "The survey has no such column. Choose one from the list, or empty the field."
                )
            else:
                self.targets[place] = target
                self.written[place] = self.words.get(target.text, "" if target.kind == IGNORED else text)
        self._many_at_once()
        every = [self.targets.get(place, column.target) for place, column in enumerate(self.guessed.columns)]
        for place in twice(every):
            self.wrong.setdefault(place, gettext("Another column is that already."))
        if any(self.said[doubt["id"]] not in (TURN, ACCEPT) for doubt in self.asks):
            raise forms.ValidationError(gettext("Say at the top whether the ratings are to be turned round."))
        if any(self.said[name] != ACCEPT for name in self.settles):
            raise forms.ValidationError(gettext("Answer at the top what is asked about the whole file."))
        if self.wrong:
            raise forms.ValidationError(gettext("Some columns cannot be that: they are marked below."))
        return self.cleaned_data

    def match(self) -> Match:
        """The match as the person wants it."""
        values: dict[tuple[str, str], str] = {}
        turned, lengths = [], {}
        for number, (name, seen) in enumerate(words_of(self.guessed, self.examples).items()):
            for place, key in enumerate(seen):
                value = self.data.get(f"v{number}-{place}")
                if value is not None and value != "?" and self._allowed(name, value):
                    values[name, key] = value
            values |= {(name, key): value for key, value in self._ordered(number, name, seen).items()}
            turned += [name] if self.data.get(f"round{number}") or name in self._maps_turned() else []
            lengths |= self._length(number, name)
        return revise(
            self.guessed, self.targets, values, self.examples, self.asked, more=self._more(), turned=turned,
            lengths=lengths,
        )  # fmt: skip

    def _maps_turned(self) -> set[str]:
        """The maps of ratings of which a person said that 1 is the most."""
        columns, found = self.guessed.columns, set()
        for doubt in self.asks:
            if self.said[doubt["id"]] == TURN and doubt["column"] >= 0:
                found.add(columns[doubt["column"]].values)
            elif self.said[doubt["id"]] == TURN:
                found |= {column.values for column in columns if column.target.kind == ITEM}
        return found

    def _length(self, number: int, name: str) -> dict[str, int]:
        """Points of the file's own scale, 0 for those of the survey; none where nothing was posted."""
        posted = self.data.get(f"s{number}", "")
        points = int(posted) if posted.isdecimal() and len(posted) < 3 else -1
        return {name: points} if points == 0 or rescaled(1, points, self.asked.k) else {}

    def _more(self) -> dict[str, Any]:
        """What holds for the whole file, and how its times are read."""
        said = self.cleaned_data
        constants = {"group": said["everybody"], "channel": said["channel"], "language": said["language"]}
        found = {"constants": {**self.guessed.constants, **constants}}
        found["constants"] = {name: value for name, value in found["constants"].items() if value}
        if said["zone"] and said["zone"] != (self.guessed.zone or self.asked.zone):
            found |= {"zone": said["zone"], "zones": {}}
        return found | ({"dates": said["dates"]} if said["dates"] else {})

    def _ordered(self, number: int, name: str, seen: Mapping[str, str]) -> dict[str, str]:
        """Values by word where a person wrote all answers of the scale in a line, lowest first."""
        end = self._length(number, name).get(name) or self.asked.k
        written = ordered_words(self.data.get(f"o{number}", ""))
        if len(written) != end or not set(written) <= set(seen) or len(set(written)) < len(written):
            return {}
        return {key: str(level) for level, key in enumerate(written, 1)}

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
        return value in ("", "yes", "no", "zh-hans", "en")


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


def row_answers(imported: ResponseImport, posted: Mapping[str, str]) -> dict[str, object]:
    """What a person said of the doubts about the rows, each posted as `d-<id>`."""
    said = {doubt["id"]: posted.get(f"d-{doubt['id']}", "") for doubt in unanswered(imported)}
    return {"said": {**imported.answers.get("said", {}), **{name: answer for name, answer in said.items() if answer}}}


class RenameForm(forms.Form):
    """Another name for a saved match."""

    name = forms.CharField(
        label=_("Name of the match"),
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": _("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=_("Under this name it is offered where files are uploaded, and taken by the command."),
    )

    def clean_name(self) -> str:
        """A name of its own: those of the ready-made matches are taken."""
        name = self.cleaned_data["name"].strip()
        if name in RESERVED:
            raise forms.ValidationError(_("This name belongs to a ready-made match. Choose another."))
        return name


class DeleteForm(forms.Form):
    """Deleting a match, with the box that confirms it."""

    sure = forms.BooleanField(
        label=_("This match shall be deleted"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )
