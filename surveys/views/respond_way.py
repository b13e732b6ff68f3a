"""A respondent's way through the questionnaire: pages of issues, about yourself, the end; and saving on each."""

from functools import cached_property
from itertools import chain

from materiality.scoring.codes import SKIPPED
from surveys.actions.count_part_again import count_part_again
from surveys.actions.save_ratings import save_ratings
from surveys.queries.drafts_in_use import DraftInUse
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.questionnaire.paging import Sheet

ABOUT, END = "about/", "end/"


class Way:
    """Steps 1..n are the pages of issues (with `single` one issue each), then about yourself if the survey has profile
    questions, then the end, which is step `last`.
    """

    def __init__(self, code: str, draft: DraftInUse, *, single: bool) -> None:
        self.code, self.draft, self.single = code, draft, single
        self.questionnaire: Questionnaire = questionnaire_of(draft.survey_id, draft.opened_at)
        self.sheets = self._sheets(single)
        self.has_about = bool(self.questionnaire.profile)

    @property
    def last(self) -> int:
        """The step of the end, which is also how many pages there are."""
        return len(self.sheets) + self.has_about + 1

    def path(self, step: int) -> str:
        """The address of a step; the nearest one's where there is no such step."""
        step = min(max(step, 1), self.last)
        if step <= len(self.sheets):
            return f"/s/{self.code}/{'one/' if self.single else ''}{step}/"
        return f"/s/{self.code}/{END if step == self.last else ABOUT}"

    def first_open(self) -> int:
        """The first step on which something is unanswered; with everything answered the one after the issues."""
        ratings = self.draft.ratings
        for step, sheet in enumerate(self.sheets, start=1):
            if any(ratings[position] == SKIPPED for position in self.questionnaire.positions(sheet)):
                return step
        return self.last if self.draft.profile else len(self.sheets) + 1

    def same_step(self, other: "Way", step: int) -> int:
        """The step of this way that shows what begins the other way's step of issues."""
        sheet = other.sheets[step - 1]
        return next((at for at, own in enumerate(self.sheets, start=1) if _shares(own, sheet)), 1)

    def keep(self, step: int, **answers: object) -> None:
        """Save what was posted on a step, and count the part again where it had been given back."""
        draft = self.draft
        save_ratings(key=draft.key, known=draft.ratings, page=max(draft.page, self._plain_step(step)), **answers)
        self.count_part()

    def count_part(self) -> None:
        """Count the part of a split survey again where it had been given back."""
        draft = self.draft
        if self.questionnaire.survey.split and not draft.counted:
            count_part_again(
                key=draft.key, group_id=draft.group_id, ratings=draft.ratings, questionnaire=self.questionnaire
            )

    def _sheets(self, single: bool) -> list[Sheet]:
        return self.questionnaire.sheets(self.draft.key.bytes, self.draft.ratings, single=single)

    @cached_property
    def _plain(self) -> list[Sheet]:
        return self._sheets(False) if self.single else self.sheets

    def _plain_step(self, step: int) -> int:
        """The step as it is counted with several issues on a page, so that pages mean the same for everybody."""
        if step > len(self.sheets):
            return step - len(self.sheets) + len(self._plain)
        if not self.single:
            return step
        done = len([*chain.from_iterable(sheet.issues for sheet in self.sheets[:step])])
        for at, sheet in enumerate(self._plain, start=1):
            done -= len(sheet.issues)
            if done <= 0:
                return at
        return len(self._plain)


def _shares(own: Sheet, other: Sheet) -> bool:
    """Whether a page shows the other's first issue, or its attention question where it has nothing else."""
    return other.issues[0] in own.issues if other.issues else own.attention is not None
