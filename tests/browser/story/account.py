"""The sentence of the report against a count that shares nothing with it."""

import re
import sqlite3
from collections import Counter
from pathlib import Path

ATTENTION = 64
WAYS = {"": "channel not known", "link": "open link", "batch": "personal links", "mail": "mail", "paper": "paper"}


def check_sentence(sentence: str, database: Path) -> None:
    """The numbers of the sentence against a count by plain SQL and by hand."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT response.channel, response.flags, json_extract(own.name, '$.en') FROM surveys_response response "
            "JOIN materiality_group own ON own.id = response.group_id"
        ).fetchall()
    channels = Counter(channel for channel, _flags, _group in rows)
    groups = Counter(group for _channel, flags, group in rows if not flags & ATTENTION)
    assert (channels.total(), groups.total()) == (65, 64)
    assert sentence.startswith("The survey sent 9 invitations. ")
    assert sentence.endswith("; 1 was rejected (attention 1); 1 more was begun and not submitted.")
    ways, valid = re.search(
        r"it received 65 responses \(([^)]*)\), of which 64 are valid after screening \(([^)]*)\);", sentence
    ).groups()
    assert sorted(ways.split(", ")) == sorted(f"{WAYS[channel]} {number}" for channel, number in channels.items())
    assert sorted(valid.split(", ")) == sorted(f"{group} {number}" for group, number in groups.items())
