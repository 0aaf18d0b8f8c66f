#!/usr/bin/env python3
"""Checks a bill of materials against CycloneDX's schema: check-sbom.py FILE. Needs cyclonedx-python-lib[json-validation]."""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

path = sys.argv[1]
text = Path(path).read_text()
schema = SchemaVersion.from_version(json.loads(text)["specVersion"])
errors = list(JsonStrictValidator(schema).validate_str(text, all_errors=True) or [])
if errors:
    # What follows the first line is the whole schema.
    sys.exit("\n".join(f"{path}: {str(error).splitlines()[0]}" for error in errors))
