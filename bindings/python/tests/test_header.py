"""The bindings agree with include/spane.h: every function, struct, callback and number."""

from __future__ import annotations

import ctypes
import math
import re
import shutil
import subprocess
from ctypes import POINTER
from pathlib import Path
from typing import Any

import header
import pytest

import spane
from spane import _api, _errors, _library, _model, _options, _placement, _structs, _vector

SCALARS: dict[str, Any] = {
    "void": None,
    "spane_status": ctypes.c_int32,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
    "char*": ctypes.c_char_p,
    "void*": ctypes.c_void_p,
}


def documented(kind: type) -> str:
    """The C name, which is the first word of the class's docstring."""
    return (kind.__doc__ or "").split()[0]


def subclasses(base: type) -> dict[str, Any]:
    kinds = [kind for kind in vars(_structs).values() if isinstance(kind, type)]
    chosen = [kind for kind in kinds if issubclass(kind, base) and kind.__module__ != "ctypes"]
    return {documented(kind): kind for kind in chosen if documented(kind).startswith("spane_")}


STRUCTS = subclasses(ctypes.Structure)
HANDLES = subclasses(_structs.Pointer)
CALLBACKS = {
    "spane_log_callback": _structs.LogCallback,
    "spane_decide_callback": _structs.DecideCallback,
    "spane_progress_callback": _structs.ProgressCallback,
}


def allowed(c_type: str) -> list[Any]:
    """The ctypes that may stand for a C type."""
    for known in (SCALARS, STRUCTS, HANDLES, CALLBACKS):
        if c_type in known:
            return [known[c_type]]
    assert c_type.endswith("*"), c_type
    pointed = c_type[:-1]
    if pointed in header.handles():
        return [HANDLES[pointed]]
    target = allowed(pointed)[0]
    pointer = POINTER(target)
    return [pointer, ctypes.c_void_p] if target in _api.ARRAYS else [pointer]


def test_the_header_was_understood() -> None:
    text = re.sub(r"/\*.*?\*/", "", header.PATH.read_text(), flags=re.DOTALL)
    assert len(header.functions()) == len(
        re.findall(r"^\w[^#\n]*\bspane_\w+\(", text, re.MULTILINE)
    )
    assert len(header.structs()) == text.count("typedef struct") - len(header.handles())
    assert len(header.callbacks()) == text.count("(*")


def test_all_functions_are_declared_in_order() -> None:
    assert list(_api.FUNCTIONS) == list(header.functions())


@pytest.mark.parametrize("name", header.functions())
def test_function(name: str) -> None:
    returns, parameters = _api.FUNCTIONS[name]
    function = header.functions()[name]
    assert [returns] == allowed(function.returns)
    assert len(parameters) == len(function.parameters)
    for declared, parameter in zip(parameters, function.parameters):
        assert declared in allowed(parameter.type), parameter


def test_all_structs_and_handles_are_there() -> None:
    assert set(STRUCTS) == set(header.structs())
    assert set(HANDLES) == header.handles()
    assert set(CALLBACKS) == set(header.callbacks())


@pytest.mark.parametrize("name", header.structs())
def test_struct(name: str) -> None:
    fields = header.structs()[name]
    declared = STRUCTS[name]._fields_
    assert [field[0] for field in declared] == [field.name for field in fields]
    for (_, kind), field in zip(declared, fields):
        if field.length:
            number = int(header.macros().get(field.length, field.length))
            (element,) = allowed(field.type)
            assert kind == element * number, field
        else:
            assert kind == allowed(field.type)[0], field


@pytest.mark.parametrize("name", header.callbacks())
def test_callback(name: str) -> None:
    callback: Any = CALLBACKS[name]
    function = header.callbacks()[name]
    assert [callback._restype_] == allowed(function.returns)
    assert list(callback._argtypes_) == [allowed(p.type)[0] for p in function.parameters]


def test_sizes_and_offsets_are_those_of_the_compiler(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    lines = ["#include <stdio.h>", "#include <stddef.h>", "#include <spane.h>", "int main(void) {"]
    expected = []
    for name, kind in STRUCTS.items():
        lines.append(f'printf("%zu\\n", sizeof({name}));')
        expected.append(ctypes.sizeof(kind))
        for field in kind._fields_:
            lines.append(f'printf("%zu\\n", offsetof({name}, {field[0]}));')
            expected.append(getattr(kind, field[0]).offset)
    for nodes in range(1, _structs.MAX_NODES + 1):
        lines.append(f'printf("%d\\n", SPANE_PLACEMENTS({nodes}));')
        expected.append(_placement.most_sets(nodes))
    source, program = tmp_path / "sizes.c", tmp_path / "sizes"
    source.write_text("\n".join([*lines, "return 0; }"]))
    subprocess.run([compiler, "-I", header.PATH.parent, source, "-o", program], check=True)
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    assert [int(line) for line in printed.split()] == expected


def number(name: str) -> int:
    return int(header.macros()[name].strip("()u"))


NO_STATUSES = re.compile("SPANE_(NOWHERE|NEVER|LEVEL_SERVER|PLAN_.*)")


def test_one_exception_for_each_error_status() -> None:
    statuses = re.findall(r"^#define (SPANE_\w+) \((-\d+)\)", header.PATH.read_text(), re.MULTILINE)
    errors = {int(value): name for name, value in statuses if not NO_STATUSES.fullmatch(name)}
    assert set(_errors._BY_STATUS) == set(errors)
    for status, kind in _errors._BY_STATUS.items():
        words = kind.__name__.removesuffix("Error")
        told = errors[status].removeprefix("SPANE_").replace("_", "").lower()
        assert kind.status == status
        assert words.lower() == {"io": "file"}.get(told, told)


def test_numbers() -> None:
    assert number("SPANE_OK") == _errors.OK
    assert number("SPANE_NO_ROOM") == _errors.NO_ROOM
    assert number("SPANE_NEVER_FITS") == _errors.NEVER_FITS == spane.NeverFitsError.status
    assert number("SPANE_NODES") == _structs.NODES
    assert number("SPANE_MAX_NODES") == _structs.MAX_NODES
    assert number("SPANE_END_LENGTH") == _options.END_LENGTH
    assert number("SPANE_END_EXCEED") == _options.END_EXCEED
    assert number("SPANE_END_AUTO") == _options.END_AUTO
    assert number("SPANE_REWARD_LOG_WAIT") == _options.REWARD_LOG_WAIT
    assert number("SPANE_REWARD_BALANCE") == _options.REWARD_BALANCE
    assert number("SPANE_OBSERVE_NORMALISED") == _options.OBSERVE_NORMALISED
    for place, name in enumerate(_vector.AUTORESET):
        assert place == number("SPANE_AUTORESET_" + name.upper().replace("-", "_"))
    for place, name in enumerate(_model.PER):
        assert place == number(f"SPANE_PER_{name.upper()}")
    version = [number(f"SPANE_VERSION_{part}") for part in ("MAJOR", "MINOR", "PATCH")]
    assert tuple(version) == _library.VERSION
    assert ".".join(map(str, version)) == spane.__version__
    assert number("SPANE_ABI_VERSION") == _library._ABI


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("function", "made"),
    [
        ("spane_env_options_init", _options.env_options()),
        ("spane_cluster_options_init", _structs.ClusterOptions(64, 2, 10.0, math.inf, 2)),
    ],
)
def test_default_options_are_those_of_the_library(function: str, made: ctypes.Structure) -> None:
    filled = type(made)()
    assert getattr(_library.library(), function)(ctypes.byref(filled)) == 0
    names = [field[0] for field in made._fields_]
    # Pointers to nothing are not equal to each other.
    unused = {"balance_weight", "node_resources", "server_resources", "traits", "fleet"}
    for name in names:
        if name not in unused:
            assert getattr(filled, name) == getattr(made, name), name
