"""The sentence of the report that tells how invitations became valid responses, in each language."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from materiality.templatetags.bilingual import count
from materiality.words import names_about, word_for
from surveys.questionnaire.account import Account


def report_sentence(account: Account, groups: Mapping[int, str], language: str) -> str:
    """All that is known of the account in one text; `groups` {key: name in this language} in the order of naming."""
    with translation.override(language):
        begin = _("The survey sent %(invitations)s") % {"invitations": _invitations(account.invited)}
        parts = [begin] if account.invited else []
        if not account.submitted:
            parts.append(_("No response has come in yet") if account.is_open else _("No response came in"))
            return pgettext("report sentence", ". ").join(parts) + _unfinished_end(account)
        parts.append(_received(account))
        told = pgettext("report sentence", ". ").join(parts) + _ways(account)
        told += pgettext("report sentence", ", ") + _valid(account, groups)
        rest = [_rejected(account), _excluded(account), _waiting(account), _unfinished(account)]
        return pgettext("report sentence", "; ").join([told, *filter(None, rest)]) + pgettext("report sentence", ".")


def _invitations(number: int | None) -> str:
    return ngettext("%(number)s invitation", "%(number)s invitations", number or 0) % {"number": count(number)}


def _received(account: Account) -> str:
    responses = ngettext("%(number)s response", "%(number)s responses", account.submitted)
    values = {
        "responses": responses % {"number": count(account.submitted)},
        "first": account.first and account.first.isoformat(),
        "last": account.last and account.last.isoformat(),
    }
    if not account.first:
        return _("It received %(responses)s") % values
    if account.is_open:
        return _("From %(first)s up to %(last)s, while it is still open, it received %(responses)s") % values
    if account.first == account.last:
        return _("On %(first)s it received %(responses)s") % values
    return _("From %(first)s to %(last)s it received %(responses)s") % values


def _ways(account: Account) -> str:
    """By which channels, where there is more than one."""
    if len(account.ways) < 2:
        return ""
    named = [(_channel(channel), number) for channel, number in account.ways.items()]
    return _(" (%(list)s)") % {"list": _listed(named)}


def _channel(channel: str) -> str:
    return word_for("channel", channel).lower() if channel in names_about("channel") else channel


def _valid(account: Account, groups: Mapping[int, str]) -> str:
    told = ngettext(
        "of which %(number)s is valid after screening", "of which %(number)s are valid after screening", account.valid
    ) % {"number": count(account.valid)}
    named = [(name, account.groups[key]) for key, name in groups.items() if account.groups.get(key)]
    return told + (_(" (%(list)s)") % {"list": _listed(named)} if len(named) > 1 else "")


def _rejected(account: Account) -> str:
    number = sum(account.rejected.values())
    if not number:
        return ""
    named = [(word_for("flag", flag).lower(), each) for flag, each in account.rejected.items()]
    told = ngettext("%(number)s was rejected (%(list)s)", "%(number)s were rejected (%(list)s)", number)
    return told % {"number": count(number), "list": _listed(named)}


def _excluded(account: Account) -> str:
    told = ngettext("%(number)s was taken out by hand", "%(number)s were taken out by hand", account.excluded)
    return told % {"number": count(account.excluded)} if account.excluded else ""


def _waiting(account: Account) -> str:
    told = ngettext(
        "%(number)s waits to be mixed and is not counted as valid yet",
        "%(number)s wait to be mixed and are not counted as valid yet",
        account.waiting,
    )
    return told % {"number": count(account.waiting)} if account.waiting else ""


def _unfinished(account: Account) -> str:
    told = ngettext(
        "%(number)s more was begun and not submitted",
        "%(number)s more were begun and not submitted",
        account.unfinished,
    )
    return told % {"number": count(account.unfinished)} if account.unfinished else ""


def _unfinished_end(account: Account) -> str:
    told = _unfinished(account)
    return (pgettext("report sentence", "; ") + told if told else "") + pgettext("report sentence", ".")


def _listed(named: list[tuple[str, int]]) -> str:
    """“users 9,012, employees 800”."""
    return _(", ").join(_("%(name)s %(number)s") % {"name": name, "number": count(number)} for name, number in named)
