"""How many taps and seconds a split questionnaire of 12 issues takes an adult, with the ranking step and without.

Counted, not timed: 8.6 s an issue with its two ratings, and 1.3 s for each other tap (point and press; Card, Moran and
Newell 1980). Beside it stands what reading all of the other pages takes, at 238 English words or 390 Chinese characters
a minute (Brysbaert 2019, with 1.5 characters a word). The folded notice is not read, and no comment is written.
"""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.bench.respondents import MAKE
from tests.services.installation import Installation

A_TAP, AN_ISSUE, AIM = 1.3, 8.6, 120
WORDS, CHARACTERS = 238 / 60, 390 / 60  # read in a second
_INSIDE = """
import json, re
from html import unescape
from django.test import Client
_FOLDED = re.compile(r"<(details|noscript|header|title|script).*?</\\1>|<button class=.vh.*?</button>|<[^>]*>", re.S)
def read(page):
    main = page[page.index("<main"):]
    # Of the groups the first is one's own.
    main = re.sub(r'(<label class="choice"><input type="radio".*?</label>).*(</fieldset>)', r"\\1\\2", main, flags=re.S)
    text = unescape(_FOLDED.sub(" ", main))
    return len(re.findall(r"[\\u4e00-\\u9fff]", text)), len(re.findall(r"[A-Za-z0-9']+", text))
def way(language, named):
    client, steps = Client(headers={"host": "127.0.0.1", "sec-fetch-site": "same-origin"}), []
    client.cookies["django_language"] = language
    where = "/s/pace/"
    page = client.get(where).content.decode()
    steps.append(["first page", 3, *read(page)])
    sent = {"group": re.search(r'name="group" value="([^"]+)', page)[1], "consent": "yes", "go": "start"}
    while True:
        for name in ("csrfmiddlewaretoken", "notice", "was"):
            if found := re.search(f'name="{name}" value="([^"]*)', page):
                sent[name] = found[1]
        where = client.post(where, sent).headers["Location"]
        page = client.get(where).content.decode()
        if where.endswith("/thanks/"):
            return steps
        items, tops = sorted(set(re.findall(r'name="(r[0-9]+)"', page))), re.findall(r'name="top" value="([^"]+)', page)
        sent = {item: "4" for item in items} | {"go": "submit" if where.endswith("/end/") else "next"}
        if items:
            steps.append(["issues", len(items) + 1, 0, 0])
        elif tops:
            sent["top"] = tops[:3] if named else []
            steps.append(["ranking", len(sent["top"]) + 1, *read(page)])
        else:
            steps.append(["end", 1, *read(page)])
print(json.dumps([[language, way(language, True)] for language in ("zh-hans", "en")]))
"""


def main() -> None:
    """Print a table a language."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("migrate", "--verbosity", "0")
        made.manage("collectstatic", "--noinput", "--verbosity", "0")
        made.manage("load_library")
        made.python(f"CODE, SPLIT, ANONYMOUS = 'pace', True, True\n{MAKE}")
        for language, steps in made.python(_INSIDE):
            _report(language, steps)


def _report(language: str, steps: list[list]) -> None:
    rows, issues = [], 0
    for step, taps, characters, words in steps:
        rated = (taps - 1) // 2 if step == "issues" else 0
        issues += rated
        tapped = AN_ISSUE * rated + A_TAP * (taps - 2 * rated)
        rows.append([f"{language}: {step}", taps, tapped, characters / CHARACTERS + words / WORDS])
    ranking = next(row for row in rows if row[0].endswith("ranking"))
    whole = [sum(column) for column in list(zip(*rows, strict=True))[1:]]
    rows += [["all", *whole], ["without the ranking", *(a - b for a, b in zip(whole, ranking[1:], strict=True))]]
    table(["page", "taps", "s by taps", "s of reading"], rows)
    print(f"{issues} issues; at most {AIM} s are asked\n")
