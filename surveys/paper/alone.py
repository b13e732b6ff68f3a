"""Typesetting in a process of its own, which gives its memory back: JSON {"page", "words"} in, PDF out.

Run as `python -m surveys.paper.alone`; needs no database.
"""

import json
import subprocess
import sys

from django.conf import settings


def typeset_alone(page: str, words: dict) -> bytes:
    """The PDF of a Typst source, as `materiality.typesetting.typeset` makes it."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps({"page": page, "words": words}).encode(),
        cwd=settings.BASE_DIR,
        capture_output=True,
    )
    if done.returncode:
        raise RuntimeError(f"typesetting failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def main() -> None:
    """Read, typeset, write."""
    from materiality.typesetting import typeset

    asked = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(asked["page"], asked["words"]))


if __name__ == "__main__":
    main()
