"""Paper rounds: what to print, and what was typed from a sheet."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.platform.bilingual import language_name, reading_languages, tag_of
from materiality.scoring.cube import NOT_ASKED
from surveys.actions.paper import MOST_SHEETS
from surveys.models import ProfileQuestion, Survey
from surveys.paper.entry import asked_positions, typed_code
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.responses import MOST_NAMED, with_named
from surveys.respond.posted import LONGEST_COMMENT, posted_profile

NOTHING: Mapping = MappingProxyType({})


class PrintForm(forms.Form):
    """How many sheets for which group, and how they look."""

    group = forms.ChoiceField(label=_("Group"))
    number = forms.IntegerField(label=_("How many sheets"), min_value=1, max_value=MOST_SHEETS, initial=20)
    language = forms.ChoiceField(label=_("Language"))
    definitions = forms.BooleanField(label=_("Definition of every issue included"), required=False, initial=True)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.code, group.name) for group in survey.cycle.groups.all()]
        tags = list(map(tag_of, survey.languages))
        both = [("both", " + ".join(language_name(tag) for tag in tags[:2]))] if len(tags) > 1 else []
        rest = [tag for tag in reading_languages() if tag not in tags]
        self.fields["language"].choices = [*both, *((tag, language_name(tag)) for tag in [*tags, *rest])]
        if survey.instrument.always_defined:
            del self.fields["definitions"]


class CommentForm(forms.Form):
    """What somebody wants to add."""

    comment = forms.CharField(required=False)

    def __init__(self, *args, longest: int = LONGEST_COMMENT, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.longest = longest

    def clean_comment(self) -> str:
        """Characters are counted as browsers do, a line break as one."""
        comment = self.cleaned_data["comment"].replace("\r\n", "\n")
        number = len(comment.encode("utf-16-le")) // 2
        if number > self.longest:
            raise forms.ValidationError(
                gettext(
                    "Your comment is too long: please shorten it to %(limit_value)d characters (it has %(show_value)d)."
                )
                % {"limit_value": self.longest, "show_value": number}
            )
        return comment


class TypedEntry:
    """What was posted for a sheet: `entry` where all of it can be stored, else `errors` by name of the input.

    Every input keeps what was typed: `typed` by position of the item.
    """

    def __init__(
        self,
        posted: QueryDict,
        asked: bytes,
        k: int,
        questions: Iterable[ProfileQuestion],
        numbers: Mapping[int, str] = NOTHING,
        longest: int = LONGEST_COMMENT,
    ) -> None:
        """`numbers` are the codes of the sheet's issues by their numbers, where it asks which three matter most."""
        self.typed = {place: posted.get(f"i{place}", "")[:20] for place in asked_positions(asked)}
        self.errors: dict[str, str] = {}
        ratings = bytearray([NOT_ASKED]) * len(asked)
        for place, text in self.typed.items():
            code = typed_code(text, k)
            if code is None:
                self.errors[f"i{place}"] = gettext("1 to %(k)s, D, or nothing") % {"k": k}
            else:
                ratings[place] = code
        self.profile, wrong = posted_profile(posted, questions)
        self.errors |= {f"p_{code}": error for code, error in wrong.items()}
        self.named = [posted.get(f"n{place}", "").strip()[:20] for place in range(MOST_NAMED)] if numbers else []
        self.profile = with_named(self.profile, self._codes(numbers))
        self.comment = posted.get("comment", "")
        comment = CommentForm({"comment": self.comment}, longest=longest)
        if not comment.is_valid():
            self.errors["comment"] = comment.errors["comment"][0]
        self.consent = "consent" in posted
        if not self.consent:
            self.errors["consent"] = gettext(
                "Nothing of a sheet without consent may be stored. Tick this only if it is ticked on the sheet."
            )
        self.entry = None if self.errors else Contents(bytes(ratings), comment.cleaned_data["comment"], self.profile)

    def _codes(self, numbers: Mapping[int, str]) -> set[str]:
        """The issues whose numbers were typed in the ranking step."""
        found = {text: numbers.get(int(text)) if text.isascii() and text.isdigit() else None for text in self.named}
        wrong = [text for text, code in found.items() if text and code is None]
        if wrong:
            self.errors["named"] = gettext("%(numbers)s is not the number of an issue on this sheet.") % {
                "numbers": ", ".join(wrong)
            }
        return {code for code in found.values() if code}


def chosen_entry(
    posted: QueryDict, first: Contents, second: Contents, asked: bytes, k: int
) -> tuple[Contents | None, set[str]]:
    """What is right where two entries differ: `c<position>`, `q_<code>` and `comment` say `1`, `2`, or for an item
    what the sheet says (`t<position>`). The names of what was not decided come back instead.
    """
    ratings, missing = bytearray(first.ratings), set()
    for place in asked_positions(asked):
        if first.ratings[place] == second.ratings[place]:
            continue
        code = {"1": first.ratings[place], "2": second.ratings[place]}.get(posted.get(f"c{place}", ""))
        if posted.get(f"c{place}") == "3":
            code = typed_code(posted.get(f"t{place}", ""), k)
        if code is None:
            missing.add(f"c{place}")
        else:
            ratings[place] = code
    profile: dict = {}
    for code in dict.fromkeys([*first.profile, *second.profile]):
        same = first.profile.get(code) == second.profile.get(code)
        which = {"1": first, "2": second}.get("1" if same else posted.get(f"q_{code}", ""))
        if which is None:
            missing.add(f"q_{code}")
        elif code in which.profile:
            profile[code] = which.profile[code]
    same = first.comment.split() == second.comment.split()
    comment = {"1": first, "2": second}.get("1" if same else posted.get("comment", ""))
    if comment is None:
        missing.add("comment")
    return (None, missing) if missing else (Contents(bytes(ratings), comment.comment, profile), missing)
