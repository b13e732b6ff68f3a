"""Texts in the languages of the organisation: one column holds all of them, and reading it gives the one to show."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language, gettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

# Codes of content languages → what each calls itself. Simplified Chinese is `zh` in columns and sheets.
LANGUAGES = {
    "zh" if code == "zh-hans" else code: "中文" if code == "zh-hans" else info["name_local"]
    for code, info in LANG_INFO.items()
    if "name_local" in info
}
DEFAULT_LANGUAGES = ("zh", "en")
# Name of a text → what people call it, in Chinese and in English.
LABELS = {
    "name": (pgettext_lazy("text", "Name"), _("Chinese name"), _("English name")),
    "title": (pgettext_lazy("text", "Title"), _("Chinese title"), _("English title")),
    "definition": (pgettext_lazy("text", "Definition"), _("Chinese definition"), _("English definition")),
    "text": (pgettext_lazy("text", "Text"), _("Chinese text"), _("English text")),
    "note": (pgettext_lazy("text", "Note"), _("Chinese note"), _("English note")),
}


# The language of texts where it is none of the interface's.
_spoken: ContextVar[str] = ContextVar("spoken", default="")
# What `spoken_language` says while this language of the interface is active; else it is worked out.
_heard: ContextVar[tuple[str, str]] = ContextVar("heard", default=("", ""))


def is_chinese(language: str | None = None) -> bool:
    """Whether a language code, or the active language, is Chinese."""
    return (language or get_language() or "zh-hans").startswith("zh")


def content_language(language: str | None = None) -> str:
    """The content language of a language code, or of the active one: `zh-hans` is `zh`, `en-gb` is `en`."""
    return _content_language(language or _spoken.get() or get_language() or "zh-hans")


@lru_cache(maxsize=512)
def _content_language(language: str) -> str:
    tag = language.lower()
    if tag in ("zh-hans", "zh-cn", "zh-sg"):
        return "zh"
    if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
        return "zh-hant"
    return tag if tag in LANGUAGES else tag.partition("-")[0]


def tag_of(language: str) -> str:
    """A content language as the interface names it: `zh` is `zh-hans`."""
    return "zh-hans" if language == "zh" else language


def reading_languages(own: Iterable[str] = ()) -> tuple[str, ...]:
    """In which languages respondents may read: those of the interface, and those of the texts beside them."""
    return _reading_languages(tuple(own), tuple(settings.LANGUAGES))


@lru_cache(maxsize=512)
def _reading_languages(own: tuple[str, ...], interface: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(code for code, _name in interface), *map(tag_of, own)]))


def interface_language(language: str, others: Iterable[str] = ()) -> str:
    """The language of the interface that is nearest to a content language: itself where it is translated, else another
    writing of it (`zh-hans` for `zh-hant`), else the first of `others` that is there, else the first that is not
    Chinese.
    """
    return _interface_language(language, tuple(others), tuple(settings.LANGUAGES))


@lru_cache(maxsize=512)
def _interface_language(language: str, others: tuple[str, ...], interface: tuple[tuple[str, str], ...]) -> str:
    known = [code for code, _name in interface]
    if tag_of(language) in known:
        return tag_of(language)
    kin = [code for code in known if code.partition("-")[0] == language.partition("-")[0]]
    wanted = [*kin, *map(tag_of, others), *(code for code in known if code[:2] != "zh"), known[0]]
    return next(code for code in wanted if code in known)


def language_name(language: str) -> str:
    """What a language calls itself; a code of none as it is."""
    return LANGUAGES.get(content_language(language), language)


def spoken_language() -> str:
    """The language that texts are shown in now, as `speaking` takes it: `zh-hans`, `en`, `ko`."""
    nearest, heard = _heard.get()
    if nearest and nearest == get_language():
        return heard
    return _spoken.get() or interface_language(content_language())


@contextmanager
def speaking(language: str, others: Iterable[str] = ()) -> Iterator[None]:
    """Texts in this language, and the words of the interface in the nearest that it has (`interface_language`)."""
    content = content_language(language)
    nearest = interface_language(content, others)
    other = "" if content_language(nearest) == content else content
    held, said = _spoken.set(other), _heard.set((nearest, other or nearest))
    try:
        # Most respondents want what is spoken anyway, and this stands around each of their requests.
        with nullcontext() if get_language() == nearest else override(nearest):
            yield
    finally:
        _spoken.reset(held)
        _heard.reset(said)


def suffix_of(language: str) -> str:
    """How a language ends the name of a column: `zh-hant` → `zh_hant`."""
    return language.replace("-", "_")


def html_language(language: str) -> str:
    """The `lang` of a page's part: `zh` says which script it is."""
    return "zh-Hans" if language == "zh" else language


def default_languages() -> list[str]:
    """The languages of what belongs to nothing that has languages of its own."""
    return list(DEFAULT_LANGUAGES)


def shown(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in a language (default: the active one), else in the next that there is."""
    first = content_language(language)
    if text := texts.get(first):
        return text
    base = first.partition("-")[0]
    kin = [each for each in texts if each.partition("-")[0] == base]
    for each in (base, *kin, *DEFAULT_LANGUAGES[::-1], *texts):
        if text := texts.get(each):
            return text
    return ""


def option_text(option: Mapping[str, str], language: str | None = None) -> str:
    """The text of an option, {"code": …, "zh": …, …}; its code where it has none."""
    return shown({name: text for name, text in option.items() if name != "code"}, language) or option["code"]


class Text(str):
    """The text to show in the language that was active when it was read; `texts` holds all, by language."""

    texts: dict[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> "Text":
        text = super().__new__(cls, shown(texts))
        text.texts = dict(texts)
        return text

    def __reduce__(self) -> tuple:
        return Text, (self.texts,)


def text_of(row: Any, field: str, language: str | None = None) -> str:
    """The text of `field` in the language (default: the active one), else in the next that there is."""
    held = getattr(row, field, None)
    if isinstance(held, Text):
        if not language:
            return str(held)
        held = held.texts
    elif not isinstance(held, Mapping):  # a row of a file, with a column for each
        held = {each: getattr(row, f"{field}_{each}") for each in DEFAULT_LANGUAGES}
    return shown(held, language)


def languages_of(row: Any) -> list[str]:
    """The content languages of what a row belongs to, by the model's `spoken_in`; of the row itself where it has some.

    What belongs to nothing speaks the languages of the organisation.
    """
    if own := getattr(row, "languages", None):
        return list(own)
    for step in filter(None, getattr(row, "spoken_in", "").split(".")):
        row = getattr(row, step, None)
    return list(getattr(row, "languages", None) or default_languages())


class InLanguage(models.Transform):
    """`name__ko` in queries: the text in one language, empty where there is none."""

    output_field = models.TextField()

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, tuple]:
        sql, params = compiler.compile(self.lhs)
        return f"COALESCE(JSON_EXTRACT({sql}, %s), '')", (*params, f'$."{self.language}"')

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, tuple]:
        sql, params = compiler.compile(self.lhs)
        return f"COALESCE(({sql} ->> %s), '')", (*params, self.language)


class Holds(models.Lookup):
    """`name__icontains`: some language's text holds this, whatever the case."""

    lookup_name = "icontains"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        sql, params = compiler.compile(self.lhs)
        return f"EXISTS (SELECT 1 FROM json_each({sql}) WHERE value LIKE %s ESCAPE '\\')", (*params, self._pattern())

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        sql, params = compiler.compile(self.lhs)
        return f"EXISTS (SELECT 1 FROM jsonb_each_text({sql}) WHERE value ILIKE %s)", (*params, self._pattern())

    def _pattern(self) -> str:
        return "%" + re.sub(r"([\\%_])", r"\\\1", self.rhs) + "%"


class _Shown(DeferredAttribute):
    """Reading gives a `Text`; writing takes one, or a mapping of languages."""

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        held = row.__dict__.get(self.field.attname)
        if held is None:
            super().__get__(row, owner)
            held = row.__dict__[self.field.attname]
        return Text(held)

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = self.field.to_python(value)

    def columns(self, languages: Iterable[str]) -> tuple[str, ...]:
        """What the text is called in sheets and forms, one name for each language: `name_zh`, `name_en`."""
        return tuple(f"{self.field.name}_{suffix_of(each)}" for each in languages)


class Texts(models.JSONField):
    """One text in any languages: {"zh": …, "en": …}, without those that are empty.

    JSON, and no text of django-i18nfield, since queries sort and search by one language (`name__ko`), in Chinese too,
    and PostgreSQL and SQLite give the same values to the digests of the audit trail. `row.name_ko`, which sheets and
    forms read and write, is the text in one language. `longest` 0: of any length; a `long` one gets a text area.
    `word`: what people call it, where LABELS does not say; `pair`: in Chinese and in English.
    """

    descriptor_class = _Shown

    def __init__(
        self, longest: int = 200, *, long: bool = False, word: Any = "", pair: tuple[Any, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.longest, self.long, self.word, self.pair = longest, long or not longest, word, pair

    def contribute_to_class(self, model: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(model, name, private_only)
        if model.__module__ != "__fake__":  # one of a migration, which may still have a column of that name
            for language in LANGUAGES:
                setattr(model, f"{name}_{suffix_of(language)}", _in_language(name, language))

    @cached_property
    def _get_default(self) -> Any:
        return dict

    def get_transform(self, name: str) -> Any:
        language = name.replace("_", "-")
        return partial(InLanguage, language=language) if language in LANGUAGES else super().get_transform(name)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Text):
            return dict(value.texts)
        if isinstance(value, Mapping):
            return {language: str(text) for language, text in sorted(value.items()) if text}
        if hasattr(value, "resolve_expression"):
            return value
        if value in (None, ""):
            return {}
        raise TypeError(f"{self.name} takes texts by language, not {value!r}")

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(self.to_python(value) if isinstance(value, str) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value.texts if isinstance(value, Text) else value, connection, prepared)

    def value_from_object(self, row: models.Model) -> dict[str, str]:
        return getattr(row, self.attname).texts

    def validate(self, value: Any, row: models.Model | None) -> None:
        texts = self.to_python(value)
        if not texts and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")
        for text in texts.values():
            if self.longest:
                MaxLengthValidator(self.longest)(text)

    def formfield(self, **_kwargs: Any) -> None:
        """None of its own: a form has one for each language (materiality.forms.texts)."""

    def label(self, language: str) -> str:
        """What people call the text in one language: 'Chinese name', 'Name (한국어)'."""
        pair = self.pair or LABELS.get(self.name, ())[1:]
        if pair and language in DEFAULT_LANGUAGES:
            return str(pair[DEFAULT_LANGUAGES.index(language)])
        return gettext("%(text)s (%(language)s)") % {"text": self.called, "language": LANGUAGES[language]}

    @property
    def called(self) -> Any:
        """What people call the text in whichever language: 'Name'; "" where nobody said."""
        return self.word or LABELS.get(self.name, ("",))[0]


Texts.register_lookup(Holds)


def _in_language(name: str, language: str) -> property:
    def texts(row: models.Model) -> Mapping[str, str]:
        held = row.__dict__.get(name)
        return getattr(row, name).texts if held is None else held  # a `Text` would look for the one to show

    def get(row: models.Model) -> str:
        return texts(row).get(language, "")

    def put(row: models.Model, text: str) -> None:
        setattr(row, name, {**texts(row), language: text})

    return property(get, put)


class TextColumn(NamedTuple):
    """A text in one language, as sheets, forms and events name it: `name_zh`."""

    field: Texts
    language: str


def text_columns(model: type[models.Model]) -> dict[str, TextColumn]:
    """`name_zh` and the like → what it names, in every language that there is."""
    if "_text_columns" not in model.__dict__:
        model._text_columns = {
            f"{field.name}_{suffix_of(language)}": TextColumn(field, language)
            for field in model._meta.concrete_fields
            if isinstance(field, Texts)
            for language in LANGUAGES
        }
    return model._text_columns


def stored_names(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The columns that hold what these names name: `name_zh` and `name_en` lie in `name`."""
    columns = text_columns(model)
    return list(dict.fromkeys(columns[name].field.name if name in columns else name for name in names))


def in_each(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, texts by language: {"name": {"zh": …}} is {"name_zh": …}."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        texts = value.texts if isinstance(value, Text) else value
        if isinstance(texts, Mapping) and isinstance(model._meta.get_field(name), Texts):
            found |= {f"{name}_{suffix_of(language)}": text for language, text in texts.items()}
        else:
            found[name] = value
    return found
