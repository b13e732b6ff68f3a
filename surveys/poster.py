"""The printable sheet of a survey's open link: A4, both languages, a large QR code."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.typesetting import typeset
from surveys.models import Survey
from surveys.qr import qr_bytes
from surveys.questionnaire.window import closing_time
from surveys.templatetags.surveys import zoned

PAGE = """
#let words = json("words.json")
#set document(title: words.zh.title, author: words.zh.organisation, date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 22mm, bottom: 18mm))
#set text(font: words.font, fill: rgb("#1d2327"))
#set par(leading: 0.7em)
#let accent = rgb("#0f6b6b")
#let soft = rgb("#565f66")
#let part(said, lang, size) = {
  set text(lang: lang, region: if lang == "zh" { "cn" })
  let lines = (text(size: 12pt, fill: soft, said.organisation), text(size: size, said.title))
  lines.push(text(size: 15pt, said.scan))
  if said.closes != "" { lines.push(text(size: 11pt, fill: soft, said.closes)) }
  stack(dir: ttb, spacing: 5.5mm, ..lines)
}
#align(center)[
  #part(words.zh, "zh", 28pt)
  #v(1fr)
  #box(stroke: 1.2pt + accent, radius: 3mm, inset: 1mm, image("code.svg", width: 104mm, alt: words.address))
  #v(2mm)
  #text(size: 13pt, words.address)
  #v(1fr)
  #part(words.en, "en", 22pt)
]
"""


def poster_pdf(survey: Survey, address: str) -> bytes:
    """One page of A4 with the link `address` as a QR code and in letters."""
    words = {"zh": _words(survey, "zh-hans"), "en": _words(survey, "en"), "address": address}
    return typeset(PAGE, words, {"code.svg": qr_bytes(address, "svg").decode()})


def _words(survey: Survey, language: str) -> dict[str, str]:
    closes = zoned(closing_time(survey), survey.zone)
    with translation.override(language):
        return {
            "organisation": settings.ORGANISATION[language],
            "title": text_of(survey, "title", language),
            "scan": _("Scan the code with your phone and answer"),
            "closes": closes and _("until %(closes)s") % {"closes": closes},
        }
