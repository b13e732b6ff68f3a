"""The columns of a format: names, explanations in both languages, what may stand in them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import override


@dataclass(frozen=True)
class SheetColumn:
    """`choices` names the list of codes that the template offers ("" for none); `several` allows more than one.

    `required`: no row can be read without the column. A `number` stays a number in workbooks.
    Not `strict`: the list helps, but what is not on it may be right, too. `also` are further headings that people use.
    """

    name: str
    title: str | Promise
    note: str | Promise = ""
    required: bool = False
    choices: str = ""
    several: bool = False
    number: bool = False
    width: int = 16
    also: tuple[str, ...] = ()
    strict: bool = True

    def in_language(self, language: str) -> tuple[str, str]:
        """(title, note) in one language."""
        with override(language):
            return str(self.title), str(self.note)

    @property
    def titles(self) -> tuple[str, ...]:
        """What people may have written over the column, besides its name."""
        return (*(self.in_language(language)[0] for language in ("zh-hans", "en")), *self.also)
