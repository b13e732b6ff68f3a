"""What a sealed draft holds, as bytes of one length: which answers there are must not show in how long they are."""

import json
import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from surveys.questionnaire.asking import COURSE, THIRDS
from surveys.questionnaire.saving import History, slots_of

# Characters of a comment as browsers count them (UTF-16 code units), in an anonymous survey.
LONGEST_SEALED_COMMENT = 2_000
# Room for the three issues that the ranking step names, beside the answers about oneself.
_RANKING = 200
# A character of a profile text takes at most so many bytes in JSON.
_JSON_CHARACTER = 6
# Each by its number here: further ones come at the end.
_CODES = (
    "zh-hans en af ar ar-dz ast az be bg bn br bs ca ckb cs cy da de dsb el en-au en-gb eo es es-ar es-co es-mx es-ni"
    " es-ve et eu fa fi fr fy ga gd gl he hi hr hsb ht hu hy ia id ig io is it ja ka kab kk km kn ko ky lb lt lv mk ml"
    " mn mr ms my nb ne nl nn no os pa pl pt pt-br ro ru sk sl sq sr sr-latn sv sw ta te tg th tk tr tt udm ug uk ur uz"
    " vi zh-hant"
)
_LANGUAGES = ("", *_CODES.split())
MODES = ("normal", "large", "paper")
_NONE, _NOTHING = 0xFF, b"{}"
_NO_SERIAL = 0xFFFF_FFFF
# Form, language, mode, attention, version of the notice, flags, begun, finished (microseconds since 1970, 0 = unknown),
# batch, serial; then items, bytes of the comment, bytes of the profile.
_HEAD = struct.Struct("<BBBBHHQQIIHHH")
# Until November 2026 there was a form 1: what became of each item stood before the comment, and nothing used it.
_FORM, _FIRST = 2, 1
_NO_FLAGS = 0xFFFF
_COURSE = THIRDS * len(COURSE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Contents(NamedTuple):
    """Answers and what belongs to them. `ratings` is a byte per item, `history` says what became of each answer,
    `course` how they went on (questionnaire.asking) once they are finished;
    `flags` None = not screened yet. Times are UTC.
    """

    ratings: bytes
    comment: str = ""
    profile: dict = {}  # noqa: RUF012 (never changed, as all of it)
    attention: int | None = None
    language: str = ""
    mode: str = MODES[0]
    notice_version: int = 1
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    batch_id: int | None = None
    serial: int | None = None
    flags: int | None = None
    history: History = History()
    course: tuple[int, ...] = ()


def sealed_size(items: int, questions: Iterable[tuple[str, list[str]]]) -> int:
    """Bytes that the answers of a survey take, whatever they are; `questions` are (code, codes of options), of a short
    text without options.
    """
    asked = list(questions)
    profile = 2 + _RANKING
    for code, options in asked:
        longest = json.dumps({code: options}) if options else json.dumps({code: ""}) + " " * 200 * _JSON_CHARACTER
        profile += len(longest.encode()) + 2
    history = History.size(len(slots_of(items, (code for code, _options in asked))))
    return _HEAD.size + items + 2 * LONGEST_SEALED_COMMENT + profile + history + 1 + 2 * _COURSE


def pack(contents: Contents, size: int) -> bytes:
    """Exactly `size` bytes; ValueError where the answers are longer than answers can be."""
    comment = contents.comment.encode("utf-16-le")
    profile = _NOTHING  # as for most, nearly until the end
    if contents.profile:
        profile = json.dumps(contents.profile, ensure_ascii=False, separators=(",", ":")).encode()
    items = len(contents.ratings)
    head = _HEAD.pack(
        _FORM,
        _LANGUAGES.index(contents.language) if contents.language in _LANGUAGES else 0,
        MODES.index(contents.mode),
        _NONE if contents.attention is None else contents.attention,
        contents.notice_version,
        _NO_FLAGS if contents.flags is None else contents.flags,
        _microseconds(contents.started_at),
        _microseconds(contents.submitted_at),
        contents.batch_id or 0,
        _NO_SERIAL if contents.serial is None else contents.serial,
        items,
        len(comment),
        len(profile),
    )
    packed = b"".join([head, contents.ratings, comment, profile, contents.history.pack()])
    packed += struct.pack(f"<B{len(contents.course)}H", len(contents.course), *contents.course)
    if len(packed) > size:
        raise ValueError("these answers are longer than what is sealed")
    return packed.ljust(size, b"\0")


def unpack(packed: bytes) -> Contents:
    """What was packed; ValueError for another form."""
    form, language, mode, attention, notice, flags, begun, ended, batch, serial, items, said, told = _HEAD.unpack_from(
        packed
    )
    if form not in (_FIRST, _FORM):
        raise ValueError("sealed in a form that this version does not know")
    parts, at = [], _HEAD.size
    for length in (items, 6 * items if form == _FIRST else 0, said, told):
        parts.append(packed[at : at + length])
        at += length
    ratings, _unused, comment, profile = parts
    history = History() if form == _FIRST else History.unpack(packed, at)
    at += History.size(len(history.versions))
    steps = packed[at] if form == _FORM and at < len(packed) else 0
    return Contents(
        ratings=ratings,
        comment=comment.decode("utf-16-le"),
        profile={} if profile == _NOTHING else json.loads(profile),
        attention=None if attention == _NONE else attention,
        language=_LANGUAGES[language],
        mode=MODES[mode],
        notice_version=notice,
        started_at=_moment(begun),
        submitted_at=_moment(ended),
        batch_id=None if serial == _NO_SERIAL else batch,
        serial=None if serial == _NO_SERIAL else serial,
        flags=None if flags == _NO_FLAGS else flags,
        history=history,
        course=struct.unpack_from(f"<{steps}H", packed, at + 1),
    )


def pack_issues(issues: Iterable[int], number: int) -> bytes:
    """A bit per issue of the survey."""
    bits = bytearray((number + 7) // 8)
    for issue in issues:
        bits[issue // 8] |= 1 << issue % 8
    return bytes(bits)


def unpack_issues(bits: bytes) -> list[int]:
    """The issues whose bits are set, ascending."""
    return [8 * place + bit for place, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1]


def _microseconds(moment: datetime | None) -> int:
    return 0 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime | None:
    return _EPOCH + timedelta(microseconds=microseconds) if microseconds else None
