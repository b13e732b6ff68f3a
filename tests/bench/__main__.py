"""Run the measurements: all of them, or those named."""

import importlib
import sys

NAMES = (
    "imports",
    "exports",
    "scoring",
    "standing",
    "matrix",
    "pages",
    "respondents",
    "saves",
    "pace",
    "paint",
    "audit",
    "sheets",
    "library",
    "links",
    "fieldwork",
    "workers",
    "outputs",
)


def main(names: list[str]) -> int:
    """Run each measurement's `main` and print its table."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        print(f"\n## {name}\n", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
