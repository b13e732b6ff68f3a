"""Torture an installation: all rounds, or those named; `--size small` makes short rounds. On this machine only."""

import argparse
import importlib
import sys

NAMES = ("crowd", "fuzz", "uploads", "kills", "clock", "disk", "saving", "soak")
ON_BOTH = ("kills", "clock")


def main(arguments: list[str]) -> int:
    """Run each round's `main`, which prints a table and fails where something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--size", choices=["small", "whole"], default="whole")
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite", help=f"of {', '.join(ON_BOTH)}"
    )
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for name in given.names or NAMES:
        print(f"\n## {name}\n", flush=True)
        more = {"database": given.database} if name in ON_BOTH else {}
        importlib.import_module(f"tests.torture.{name}").main(small=given.size == "small", **more)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
