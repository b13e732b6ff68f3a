"""Fuzzed requests over every address and role: none may end in a 5xx, none may be dropped."""

import json
import random
import urllib.parse
import urllib.request
from collections import Counter

from tests.bench.measuring import table
from tests.torture.site import Staff, installed, start_web

REQUESTS = {True: 1_000, False: 10_000}
ROLES = ("viewer", "analyst", "lead", "committee", "administrator")
# Would log the fuzzers themselves out; and says 503, rightly, without a worker.
LEFT_OUT = ("/logout/", "/account/", "/password/", "/people/", "/readyz")
_ADDRESSES = """
import json
from django.urls import get_resolver
def walk(patterns, head):
    for each in patterns:
        text = head + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from walk(each.url_patterns, text)
        else:
            yield text
print(json.dumps(list(walk(get_resolver().url_patterns, "/"))))
"""
_MORE = """
import json
from surveys.models import Survey
from django.core.management import call_command
call_command("load_demo", "--responses", "200")
call_command("score", "demo")
print(json.dumps([str(Survey.objects.get().responses.first().pk), Survey.objects.get().pk]))
"""
WORDS = (
    *(
        "",
        "0",
        "-1",
        "1",
        "2",
        "demo",
        "users",
        "2026-1",
        "ENV-01-01",
        "a" * 300,
        "９９９",
        "%00",
        "\x00",
        "..",
        "/etc/passwd",
    ),
    *("' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "=1+1", "\ud7ff", "🏭", "9" * 40, "1e400", "nan", "null"),
    *("[]", "{}", "true", "2026-02-30", "\r\nSet-Cookie: x=1", "%ff%fe", "ﷺ" * 40),
)
FIELDS = (
    *("q", "page", "code", "order", "go", "next", "group", "consent", "notice", "name", "title_zh", "title_en"),
    *("file", "k", "closes_at", "r0", "r1", "comment", "weight_society", "method", "run", "version", "language"),
)  # fmt: skip


def main(small: bool) -> None:
    """Send them, and print how many had which status."""
    chance = random.Random(5)
    with installed() as made:
        known = made.python(_MORE)
        addresses = [each for each in made.python(_ADDRESSES) if not each.startswith(LEFT_OUT)]
        port = start_web(made)
        people = [Staff(made, port, role, role) for role in ROLES] + [Staff.stranger(port)]
        found: Counter[tuple[str, int]] = Counter()
        wrong = []
        for number in range(REQUESTS[small]):
            person = people[number % len(people)]
            request = _request(chance, person, addresses, [str(value) for value in known])
            code, _body = person.send(request)
            found[person.name, code] += 1
            if code == 0 or code >= 500:
                wrong.append(
                    f"{person.name} {request.get_method()} {request.full_url[:200]} {str(request.data)[:200]}: {code}"
                )
        log = (made.data / "staff.log").read_text()
    names = [person.name for person in people]
    codes = sorted({code for _name, code in found})
    table(["role", *map(str, codes)], [[name, *(found[name, code] for code in codes)] for name in names])
    assert not wrong, "\n".join([*wrong[:20], log[-3000:]])


def _request(chance: random.Random, person: Staff, addresses: list[str], known: list[str]) -> urllib.request.Request:
    path = chance.choice(addresses)
    while "<" in path:
        head, _, rest = path.partition("<")
        hole, _, tail = rest.partition(">")
        path = head + urllib.parse.quote(_value(chance, hole, known), safe="", errors="surrogatepass") + tail
    values = [(chance.choice(FIELDS), chance.choice(WORDS)) for _field in range(chance.randrange(5))]
    query = urllib.parse.urlencode(values, errors="surrogatepass")
    address = person.base + path
    if (method := chance.choice(("GET", "GET", "POST", "POST", "HEAD", "PUT"))) != "POST":
        return urllib.request.Request(f"{address}?{query}", method=method)
    body, kind = _body(chance, person, values)
    return urllib.request.Request(address, data=body, headers={"Content-Type": kind, "Origin": person.base})


def _value(chance: random.Random, hole: str, known: list[str]) -> str:
    if hole.startswith("int:"):
        return chance.choice(("0", "1", "2", "7", "99999999999999999999", known[1]))
    if hole.startswith("uuid:"):
        return chance.choice((known[0], "00000000-0000-0000-0000-000000000000"))
    return chance.choice(("demo", "demo", "demo", "2026-1", "users", "csv", "xlsx", "matrix", *WORDS))


def _body(chance: random.Random, person: Staff, values: list) -> tuple[bytes, str]:
    odd = chance.randrange(10)
    if odd == 0:
        return chance.randbytes(300), "multipart/form-data; boundary=x"
    if odd == 1:
        return json.dumps(dict(values)).encode(), "application/json"
    if odd == 2:
        return chance.randbytes(300), "application/x-www-form-urlencoded"
    token = person.last_token()
    fields = [("csrfmiddlewaretoken", token), *values]
    return urllib.parse.urlencode(fields, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
