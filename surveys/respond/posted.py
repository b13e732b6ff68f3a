"""What respondents post: the first page, ratings, answers about themselves, a comment."""

import json
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2s
from typing import NamedTuple
from zlib import crc32

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.scoring.cube import DONT_KNOW, SKIPPED
from surveys.models import ProfileQuestion, Survey
from surveys.queries.questionnaire import Questionnaire
from surveys.questionnaire.asking import QUESTION_KINDS
from surveys.questionnaire.contents import LONGEST_SEALED_COMMENT
from surveys.questionnaire.responses import MOST_NAMED
from surveys.questionnaire.saving import COMMENT, PROFILE, TOP, Change, Sent, value_in
from surveys.respond.rows import DraftInUse, GroupNow

LONGEST_COMMENT, LONGEST_TEXT = 10_000, 200
_CODES = {"d": DONT_KNOW, **{str(value): value for value in range(1, 11)}}


class FirstPage(NamedTuple):
    """What was posted from the first page: one of the cycle's groups, and what is wrong, by field."""

    group: GroupNow | None
    errors: dict[str, str]
    outdated: bool


def posted_first_page(posted: Mapping[str, str], groups: Iterable[GroupNow], version: int) -> FirstPage:
    """Consent is to the notice that was shown: where there is another by now (`version`), it has to be read.

    Without a form of Django's, which takes longer than to begin answers.
    """
    code, errors = posted.get("group", ""), {}
    group = next((each for each in groups if each.code == code), None)
    outdated = posted.get("notice", "") not in ("", str(version))
    if group is None:
        chosen, none = _("Please choose one of the groups shown."), _("Please choose what fits you best.")
        errors["group"] = chosen if code else none
    if outdated:
        errors["consent"] = _(
            "What is said about your data has changed in the meantime: please read it again and agree."
        )
    elif posted.get("consent") != "yes":
        errors["consent"] = _(
            "Without your consent we may not ask you anything, and nothing has been stored. "
            "If you agree, tick the box; if not, simply close this page."
        )
    return FirstPage(group, errors, outdated)


class TextForm(forms.Form):
    """A short text about oneself."""

    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={
            "max_length": gettext_lazy(
                "This is too long: please shorten it to %(limit_value)d characters (it has %(show_value)d)."
            ),
        },
    )


def posted_code(value: str | None, k: int) -> int | None:
    """The code of one posted rating: skipped where nothing was chosen, None for a value that no button has."""
    code = SKIPPED if value is None else _CODES.get(value)
    return code if code is not None and (code <= k or code == DONT_KNOW) else None


def posted_profile(posted: QueryDict, questions: Iterable[ProfileQuestion]) -> tuple[dict, dict[str, str]]:
    """({question code: option, options or text}, {question code: error}); what was not answered, and options that a
    question does not have, are left out. A text that is too long is given back as it is, with its error.
    """
    given, errors = {}, {}
    for question in questions:
        values = posted.getlist(f"p_{question.code}")
        if not QUESTION_KINDS[question.kind].has_options:
            form = TextForm({"text": values[-1] if values else ""})
            answer = form.cleaned_data["text"] if form.is_valid() else values[-1][:100_000]
            if form.errors:
                errors[question.code] = form.errors["text"][0]
        else:
            chosen = [option["code"] for option in question.options if option["code"] in values]
            several = QUESTION_KINDS[question.kind].several
            answer = chosen if several else (chosen[0] if chosen else "")
        if answer:
            given[question.code] = answer
    return given, errors


def longest_comment(survey: Survey) -> int:
    """How many characters a comment may have; where it is sealed, all take the room of the longest."""
    return LONGEST_SEALED_COMMENT if survey.anonymous else LONGEST_COMMENT


def draft_tag(draft: DraftInUse) -> str:
    """What pages of these answers carry, so that nothing from them gets among other people's; it leads nowhere."""
    return blake2s(draft.order, digest_size=6, person=b"page").hexdigest()


def shown_with(draft: DraftInUse, slots: Mapping[str, int], names: Iterable[str]) -> bytes:
    """What a page shows of these answers, for its form: the tag, then name.version.mark of each."""
    versions, ratings = draft.history.versions, draft.ratings
    known, each = len(versions), []
    for name in names:
        slot = slots[name]  # of a rating its position
        mark = _MARKS[ratings[slot]] if name[0] == "r" else _mark(value_in(draft, name))
        each.append(f"{name}.{versions[slot] if slot < known else 0}.{mark}")
    return " ".join([draft_tag(draft), *each]).encode()


def belongs_to(posted: QueryDict, draft: DraftInUse) -> bool:
    """Whether the page that was posted shows these answers; one that does not say so is believed."""
    tag = posted.get("was", "").partition(" ")[0]
    return tag in ("", draft_tag(draft))


def changes_on(
    posted: QueryDict, names: Iterable[str], questionnaire: Questionnaire, codes: Collection[str] = ()
) -> list[Change]:
    """What was touched on a page that was posted as a form: whatever differs from what the page showed, as it carries
    it. Of a page that does not carry it what is blank was not touched. `codes` are those of the issues on it.
    """
    shown, k, found = _shown(posted), questionnaire.survey.k, []
    last = {name: values[-1] for name, values in posted.lists() if values}
    for name in names:
        base, before = shown.get(name, _UNKNOWN)
        value = posted_code(last.get(name), k) if name[0] == "r" else read_answer(name, posted, questionnaire, codes)
        if value is not None and _mark(value) != before:
            found.append(Change(name, value, base))
    return found


def cleared(posted: QueryDict, names: Iterable[str]) -> list[Change]:
    """All ratings of a page, which somebody wants cleared."""
    return [Change(name, SKIPPED, _shown(posted).get(name, (None, ""))[0]) for name in names]


def changes_sent(posted: QueryDict, questionnaire: Questionnaire) -> tuple[list[Change], Sent | None]:
    """What a script sends: [name, value, version, milliseconds] of each answer that was touched, and as which save of
    which page. What it cannot be is left out.
    """
    try:
        queue = [(str(name), value, int(base), int(age)) for name, value, base, age in json.loads(posted["queue"])]
        sent = Sent(int(posted["page"]), int(posted["number"]))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return [], None
    if not (0 <= sent.page < 1 << 32 and 0 < sent.number < 1 << 16):
        return [], None
    found = []
    for name, value, base, age in queue[: len(questionnaire.slots)]:
        texts = [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
        if name in questionnaire.slots:
            answer = read_answer(name, MultiValueDict({name: texts}), questionnaire, questionnaire.codes)
            found += [] if answer is None else [Change(name, answer, base, age)]
    return found, sent


def read_answer(
    name: str, posted: MultiValueDict, questionnaire: Questionnaire, codes: Collection[str]
) -> object | None:
    """The answer of this name as it is stored, a text that is too long without its end; None for one that cannot be."""
    if name == COMMENT:
        return cut(posted.get(name, ""), longest_comment(questionnaire.survey))
    if name == TOP:
        named = sorted({code for code in posted.getlist(name) if code in codes})
        return None if len(named) > MOST_NAMED else named
    if name.startswith(PROFILE):
        (question,) = [each for each in questionnaire.profile if each.code == name.removeprefix(PROFILE)]
        given, _errors = posted_profile(posted, [question])
        answer = given.get(question.code, "")
        return cut(answer, LONGEST_TEXT) if isinstance(answer, str) else answer
    return posted_code(posted.get(name), questionnaire.survey.k)


def cut(text: str, longest: int) -> str:
    """A text without what no database takes, line breaks as one character, and no longer than that as browsers count
    (a field stops them there).
    """
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()
    return plain.encode("utf-16-le", "replace")[: 2 * longest].decode("utf-16-le", "ignore")


def acknowledged(draft: DraftInUse, changes: Iterable[Change], slots: Mapping[str, int]) -> dict[str, dict]:
    """What a script is told of what it sent: the versions now, and the answers where others' stand."""
    changed = {change.name: change.value for change in changes}
    stored = {name: value_in(draft, name) for name in changed}
    others = {name: value for name, value in stored.items() if value != changed[name]}
    return {
        "versions": {name: draft.history.version(slots[name]) for name in changed},
        "others": {name: _mark(value) if isinstance(value, int) else value for name, value in others.items()},
    }


def _mark(value: object) -> str:
    """A short text that is another where the answer is another, empty where there is none."""
    if not value:
        return ""
    if isinstance(value, int):
        return "d" if value == DONT_KNOW else str(value)
    return f"{crc32(repr(value).encode()):x}"


_MARKS = tuple(map(_mark, range(256)))
_UNKNOWN = (None, "")


def _shown(posted: QueryDict) -> dict[str, tuple[int, str]]:
    _tag, *each = posted.get("was", "").split(" ")
    parts = (one.split(".") for one in each)
    return {part[0]: (int(part[1]), part[2]) for part in parts if len(part) == 3 and part[1].isdecimal()}
