"""Every problem and warning that the code raises has a template, and no template is unused."""

import re
from pathlib import Path

import reports.gri
from reports.gri.problems import CODE_PROBLEMS, INDEX_WARNINGS


def test_templates_are_exactly_those_in_use():
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(reports.gri.__file__).parent.glob("*.py")}
    sources.pop("problems.py")
    for key in {*CODE_PROBLEMS, *INDEX_WARNINGS}:
        assert any(f'"{key}"' in source for source in sources.values()), key
    refused = re.findall(r'Refused\(\s*"(\w+)"', "".join(sources.values()))
    warned = re.findall(r'IndexWarning\(\s*"(\w+)"', sources["checks.py"])
    assert set(refused) <= set(CODE_PROBLEMS)
    assert set(warned) <= set(INDEX_WARNINGS)
