"""The printable sheet of one issue of a run: all that its page says, on one or two pages of A4."""

from django.utils.translation import gettext as _

from materiality.models import Cycle
from materiality.platform.bilingual import is_chinese
from materiality.platform.organisation import organisation_name
from materiality.platform.pdf import typeset_alone
from materiality.platform.words import word_for
from materiality.queries.mappings import MappedFramework
from materiality.queries.scores import level_of, marks_of, shows_certainty, stated_of
from materiality.queries.stakeholders import Touching
from materiality.queries.why import GroupSide, Why
from materiality.queries.years import Year
from materiality.templatetags.yiti import certainty, count, percent, score, signed_points

PAGE = """
#let words = json("words.json")
#set document(title: words.title, author: words.author, date: none)
#set page(paper: "a4", margin: (x: 16mm, top: 14mm, bottom: 16mm), footer: text(size: 8pt, fill: rgb("#5a636a"))[
  #words.footer #h(1fr) #words.code
])
#set text(font: words.font, size: 9pt, lang: words.lang, region: if words.lang == "zh" { "cn" })
#set par(leading: 0.55em)
#show heading: set text(size: 10.5pt)
#show heading: set block(above: 1.3em, below: 0.7em)
#let soft(body) = text(fill: rgb("#4b545b"), body)
#let bars(shares) = if shares.len() > 0 {
  let most = calc.max(..shares, 0.0001)
  box(height: 18pt, stroke: (bottom: 0.5pt + rgb("#aab2b6")), stack(dir: ltr, spacing: 1.2pt, ..shares.map(share =>
    box(width: 5pt, height: 18pt, align(bottom, rect(width: 5pt, height: 18pt * share / most, fill: rgb("#0f6b6b")))))))
}
#let lined(head, rows, columns, ..more) = table(
  columns: columns, stroke: (x, y) => (bottom: 0.4pt + rgb("#c9cfd2")), inset: (x: 3pt, y: 3.5pt),
  ..more, table.header(..head.map(each => strong(soft(each)))), ..rows.flatten())
#text(size: 16pt, weight: "bold", words.title)

#soft(words.definition)

#text(size: 10.5pt, weight: "bold", words.tier) #words.standing

#lined(words.dimensions.head, words.dimensions.rows, words.dimensions.head.map(_ => auto))
#for line in words.notes [#soft(line) #linebreak()]
#if words.groups.rows.len() > 0 [
  = #words.groups.title
  #lined(words.groups.head, words.groups.rows.map(row =>
    row.map(cell => if type(cell) == array { bars(cell) } else { cell })),
    words.groups.head.map(_ => auto), align: horizon)
  #soft(words.groups.note)
]
#for part in words.tables [
  = #part.title
  #lined(part.head, part.rows, part.head.map(_ => auto))
]
#v(1fr)
#text(size: 8pt, soft(words.caution))
"""


def why_sheet(cycle: Cycle, why: Why, years: list[Year], heard: Touching, frameworks: list[MappedFramework]) -> bytes:
    """The PDF, in the active language."""
    issue, run = why.score.issue, why.run
    words = {
        "title": f"{issue.name}  {issue.code}",
        "definition": issue.definition,
        "author": organisation_name(),
        "lang": "zh" if is_chinese() else "en",
        "footer": f"{organisation_name()} · {cycle.title} · " + _("run %(number)s") % {"number": run.number},
        "code": cycle.code,
        "tier": word_for("tier", why.score.tier),
        "standing": _standing(why),
        "dimensions": _dimensions(why),
        "notes": _notes(why),
        "groups": _groups(why),
        "tables": [part for part in (_moved(why), _years(years), _heard(heard), _mapped(frameworks)) if part["rows"]],
        "caution": _("95% intervals cover sampling error only – they say nothing about the people who did not answer."),
    }
    return typeset_alone(PAGE, words)


def _standing(why: Why) -> str:
    found, statement = why.score, stated_of(why.run, level_of(why.score))
    if found.priority is None:
        return _("The issue has no priority: a dimension that the rule uses could not be scored.")
    values = {"rank": found.rank, "scored": statement["scored"], "priority": score(found.priority)}
    said = [_("Rank %(rank)s of %(scored)s, priority %(priority)s.") % values]
    if found.rank_low and found.rank_low == found.rank_high:
        said.append(_("By sampling error alone it stays at rank %(rank)s (95%%).") % {"rank": found.rank_low})
    elif found.rank_low:
        ends = {"low": found.rank_low, "high": found.rank_high}
        said.append(_("By sampling error alone the rank lies between %(low)s and %(high)s (95%%).") % ends)
    if shows_certainty(statement) and found.tier_certainty is not None:
        sure = {"probability": certainty(found.tier_certainty)}
        said.append(_("The tier is right with a probability of %(probability)s.") % sure)
    return " ".join(said)


def _dimensions(why: Why) -> dict:
    head = [_("Dimension"), _("Score"), _("95% interval"), _("Plain mean of the groups"), _("Ratings (n)")]
    rows = [
        [
            word_for("dimension", side.dimension),
            score(side.score),
            "–" if side.low is None else f"{score(side.low)}–{score(side.high)}",
            score(side.plain),
            "–" if side.derived else count(side.n),
        ]
        for side in why.sides
    ]
    return {"head": head, "rows": rows}


def _notes(why: Why) -> list[str]:
    said = [mark.text for mark in marks_of(why.run)]
    if why.decision:
        decided = {"tier": word_for("tier", why.decision.tier), "reason": why.decision.reason}
        said.append(_("Decided: %(tier)s. %(reason)s") % decided)
    else:
        said.append(_("Decision: none of its own, the tier of the rule stands."))
    said.append(_("Expert panel: none. These are views of stakeholders; severity and likelihood are not assessed."))
    for side in why.sides:
        values = {"dimension": word_for("dimension", side.dimension), "counted": side.counted, "asked": side.asked}
        if side.is_short:
            said.append(_("%(dimension)s: %(counted)s of %(asked)s groups asked have enough ratings.") % values)
        if side.disagrees and not why.hides_habits:
            values["points"] = score(side.disagreement)
            said.append(_("%(dimension)s: the groups disagree, by about %(points)s points beyond chance.") % values)
    return said


def _groups(why: Why) -> dict:
    ratings = [_("Ratings"), "n", _("Score"), _("Part"), _("Pull")]
    society, business = (word_for("dimension", side.dimension) for side in why.sides)
    head = [_("Group"), society, *ratings[1:], business, *ratings[1:]]
    rows = [[group.name, *(cell for side in group.sides for cell in _side(side))] for group in why.groups]
    note = _(
        "Bars: how many rated 1 to %(k)s. Part: the group's share in the score. Pull: by how many points it moves the"
        " score up or down, its habit of rating taken out."
    ) % {"k": why.cube.k if rows else ""}
    return {"title": _("Ratings by group"), "head": head, "rows": rows, "note": note}


def _side(side: GroupSide) -> list:
    shown = _("hidden") if side.cell.hidden else score(side.cell.score)
    shown += f" ±{score(side.half)}" if side.half is not None else ""
    return [[bar.share for bar in side.bars], count(side.cell.n), shown, percent(side.share), signed_points(side.pull)]


def _moved(why: Why) -> dict:
    nothing = _("nothing within this range")
    rows = [
        [str(line.kind), line.change or nothing, word_for("tier", line.tier) if line.tier else ""]
        for line in why.movers
    ]
    head = [_("What is changed"), _("Smallest change"), _("Tier then")]
    return {"title": _("What would move it"), "head": head, "rows": rows}


def _years(years: list[Year]) -> dict:
    rows = [
        [
            year.cycle.title,
            score(year.score.society),
            score(year.score.business),
            score(year.score.priority),
            word_for("tier", year.score.tier),
        ]
        for year in years
    ]
    head = [_("Cycle"), word_for("side", "society"), word_for("side", "business"), _("Priority"), _("Tier")]
    return {"title": _("Earlier cycles"), "head": head, "rows": rows}


def _heard(heard: Touching) -> dict:
    rows = [
        [each.date.isoformat(), each.title, f"{each.get_kind_display()} · {each.group.name}"] for each in heard.records
    ]
    head = [_("Date"), _("Record"), _("Kind, group")]
    return {"title": _("Heard from stakeholders"), "head": head, "rows": rows}


def _mapped(frameworks: list[MappedFramework]) -> dict:
    rows = [[table.label, _(", ").join(each.code for each in table.disclosures)] for table in frameworks]
    return {"title": _("Mapped to"), "head": [_("Framework"), _("Code")], "rows": rows}
