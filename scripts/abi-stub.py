#!/usr/bin/env python3
"""Prints a C library that has the interface of include/spane.h and no content.

The real library has no debugging information to read the types from, so the interface is taken from this one. A macro
leaves no trace in a library; each constant becomes the value of an enumeration of its own, so that a changed one shows.
"""

import re
import sys
from pathlib import Path

from header_functions import functions, macros

VERSION = re.compile(r"SPANE_(ABI_)?VERSION(_\w+)?$")


def main() -> int:
    header = Path(sys.argv[1])
    text = header.read_text(encoding="utf-8")
    print('#include "spane.h"')
    print("#include <stdlib.h>")
    for function in functions(text):
        print(f"{function.prototype} {{ abort(); }}")
    for name, value in macros(text).items():
        if re.fullmatch(r"\(?-?\d+\)?", value) and not VERSION.match(name):
            print(f"enum constant_{name} {{ value_of_{name} = {name} }};")
            print(f"void constant_{name}(enum constant_{name} value) {{ (void)value; }}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
