#!/usr/bin/env python3
"""Prints what the packages contain as a software bill of materials in CycloneDX JSON.

sbom.py FILE ...   the FILEs are listed with their SHA-256; SOURCE_DATE_EPOCH is the time in the bill
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APACHE = {"expression": "Apache-2.0 WITH Swift-exception"}


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def debian(package: str) -> str:
    """The upstream version of an installed Debian package."""
    return re.sub(r"^\d+:|(\+repack\d*|[+.]dfsg\d*)?-[^-]*$", "", output("dpkg-query", "-W", "-f", "${Version}", package))


def compiler() -> str:
    """The version of Swift that compiled what is in .build, of which the run-time library is part."""
    described = "".join(file.read_text() for file in sorted((ROOT / ".build").glob("*/release/swift-version-*.txt"))[-1:])
    found = re.search(r"Swift version ([0-9.]+)", described or output("swiftc", "--version"))
    if not found:
        sys.exit("sbom: no version of Swift is in .build, and swiftc tells none")
    return found[1]


def argument_parser() -> str:
    state = json.loads((ROOT / ".build" / "workspace-state.json").read_text())
    (found,) = (
        dependency["state"]["checkoutState"]["version"]
        for dependency in state["object"]["dependencies"]
        if dependency["packageRef"]["identity"] == "swift-argument-parser"
    )
    return str(found)


def component(name: str, version: str, licence: dict[str, object], inside: str) -> dict[str, object]:
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": version,
        "licenses": [licence],
        "properties": [{"name": "libspane:inside", "value": inside}],
    }


def main() -> None:
    toml = re.search(r"toml\+\+ ([0-9.]+)", (ROOT / "packaging" / "LICENSE-toml++").read_text())
    assert toml, "packaging/LICENSE-toml++ tells no version"
    version, everywhere = output("scripts/version.sh"), "library, command, wheel"
    swift = compiler()
    parts = [
        component("toml++", toml[1], {"license": {"id": "MIT"}}, everywhere),
        component("swift-runtime", swift, APACHE, everywhere),
        component("swift-argument-parser", argument_parser(), APACHE, "command"),
        component("swift-foundation", swift, APACHE, "command"),
        component("swift-foundation-icu", swift, {"license": {"id": "Unicode-3.0"}}, "command"),
        component("hdf5", debian("libhdf5-dev"), {"license": {"name": "HDF5 License"}}, "wheel; elsewhere the system's"),
        component("libaec", debian("libaec-dev"), {"license": {"id": "BSD-2-Clause"}}, "wheel"),
        component("zlib", debian("zlib1g-dev"), {"license": {"id": "Zlib"}}, "wheel"),
    ]
    files = [
        {
            "type": "file",
            "bom-ref": path.name,
            "name": path.name,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        }
        for path in map(Path, sys.argv[1:])
    ]
    epoch = int(output("scripts/source-date.sh"))
    product = {"type": "library", "bom-ref": "libspane", "name": "libspane", "version": version, "licenses": [{"license": {"id": "MIT"}}]}
    bill: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "component": product},
        "components": parts + files,
        "dependencies": [{"ref": "libspane", "dependsOn": [str(part["bom-ref"]) for part in parts]}],
    }
    # A number of its own, which the same packages get again.
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True))}"
    json.dump(bill, sys.stdout, indent=2, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
