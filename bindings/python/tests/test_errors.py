"""Every exception: its class, what else it is, and its message."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import interpreter
import pytest

import spane
from spane import _errors

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture
def cluster() -> spane.Cluster:
    made = spane.Cluster()
    made.add_servers(2, node_cpu=40, node_mem=90)
    made.place(1, (0, (0,)), 4, 8)
    return made


def test_invalid_argument(cluster: spane.Cluster) -> None:
    with pytest.raises(ValueError, match="server") as raised:
        cluster.server(2)
    assert type(raised.value) is spane.InvalidArgumentError
    assert raised.value.status == -1
    with pytest.raises(spane.InvalidArgumentError, match="balance-fit"):
        spane.Session(cluster, "worst-fit")


def test_a_zero_byte_does_not_end_a_text(cluster: spane.Cluster, tmp_path: Path) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="zero byte"):
        spane.Session(cluster, "first-fit\0")
    with pytest.raises(spane.InvalidArgumentError, match="zero byte"):
        cluster.save(f"{tmp_path}/a\0b")


def test_null_pointer() -> None:
    with pytest.raises(spane.NullPointerError) as raised:
        _errors.check(spane._library.library().spane_cluster_options_init(None))
    assert isinstance(raised.value, ValueError)
    assert "options" in str(raised.value)


def test_buffer_too_small(cluster: spane.Cluster) -> None:
    import ctypes

    room, size = ctypes.create_string_buffer(1), ctypes.c_size_t()
    with pytest.raises(BufferError) as raised:
        _errors.check(
            spane._library.library().spane_cluster_save_memory(
                cluster._pointer, None, room, 1, ctypes.byref(size)
            )
        )
    assert type(raised.value) is spane.BufferTooSmallError
    assert str(size.value) in str(raised.value)


def test_infeasible_action(cluster: spane.Cluster) -> None:
    with pytest.raises(spane.InfeasibleActionError) as raised:
        cluster.place(2, (0, (0,)), 40, 8)
    assert isinstance(raised.value, ValueError)


def test_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nothing") as raised:
        spane.Cluster.load(tmp_path / "nothing.h5")
    assert type(raised.value) is spane.FileError
    with pytest.raises(spane.FileError):
        spane.Model(tmp_path / "nothing.h5")


def test_format() -> None:
    for load in (spane.Cluster.from_bytes, spane.Model):
        with pytest.raises(spane.FormatError) as raised:
            load(b"no such thing")
        assert isinstance(raised.value, ValueError)


def test_shape_mismatch(mlp: Path) -> None:
    cluster = spane.Cluster()
    cluster.add_servers(4, node_cpu=40, node_mem=90)
    with pytest.raises(spane.ShapeMismatchError, match="5 servers"):
        spane.Session(cluster, spane.Model(mlp))


def test_unknown_version(cluster: spane.Cluster, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    cluster.save(tmp_path / "cluster.h5")
    with h5py.File(tmp_path / "cluster.h5", "r+") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(spane.UnknownVersionError, match="99"):
        spane.Cluster.load(tmp_path / "cluster.h5")


def test_not_found(cluster: spane.Cluster) -> None:
    with pytest.raises(KeyError) as raised:
        cluster.release(99)
    assert type(raised.value) is spane.NotFoundError
    assert "99" in str(raised.value)
    assert not str(raised.value).startswith("'")


def test_exists(cluster: spane.Cluster) -> None:
    with pytest.raises(spane.ExistsError, match="1"):
        cluster.place(1, (1, (0,)), 1, 1)
    with pytest.raises(spane.ExistsError):
        spane.Session(cluster, "first-fit").place(1, 1, 1)


def test_unsupported(cluster: spane.Cluster) -> None:
    with pytest.raises(NotImplementedError) as raised:
        spane.Session(cluster, "first-fit").scores(1, 1)
    assert type(raised.value) is spane.UnsupportedError


@pytest.mark.parametrize(
    ("kind", "also"),
    [
        (spane.BadStateError, RuntimeError),
        (spane.OutOfMemoryError, MemoryError),
        (spane.InternalError, RuntimeError),
        (spane.CancelledError, spane.Error),
        (spane.ClosedError, spane.BadStateError),
        (spane.ClosedError, ValueError),
        (spane.LibraryError, ImportError),
    ],
)
def test_what_an_error_also_is(kind: type, also: type) -> None:
    assert issubclass(kind, also)


def test_every_status_has_a_class() -> None:
    for status in range(-15, 0):
        with pytest.raises(spane.Error) as raised:
            _errors.fail(status)
        assert raised.value.status == status


def test_messages_belong_to_threads(cluster: spane.Cluster) -> None:
    told: list[str] = []

    def ask(number: int) -> None:
        for _ in range(200):
            with pytest.raises(spane.NotFoundError) as raised:
                clusters[number].find(1000 + number)
            told.append(str(raised.value))
            assert str(1000 + number) in told[-1]

    clusters = [spane.Cluster() for _ in range(4)]
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 800


def test_log(cluster: spane.Cluster, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    logger = logging.getLogger("spane.test")
    caplog.set_level(logging.INFO, "spane.test")
    spane.log_to(logger)
    with pytest.raises(spane.NotFoundError):
        cluster.find(99)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    spane.log_to(logger, logging.INFO)
    cluster.save(tmp_path / "cluster.h5")
    assert caplog.records[-1].levelno == logging.INFO
    assert "cluster.h5" in caplog.records[-1].getMessage()
    spane.log_to(None)
    count = len(caplog.records)
    cluster.save(tmp_path / "cluster.h5")
    assert len(caplog.records) == count
    with pytest.raises(spane.InvalidArgumentError):
        spane.log_to(logger, logging.DEBUG)


def test_the_library_is_loaded_late_and_failing_lists_every_place(tmp_path: Path) -> None:
    other = tmp_path / "other.so"
    other.write_bytes(b"no library")
    code = "import spane, spane.convert.torch; print('imported'); spane.Cluster()"
    for place, reason in ((tmp_path / "none.so", "no such file"), (other, "other.so")):
        ran = interpreter.run("-c", code, library=str(place))
        assert ran.returncode == 1
        assert ran.stdout == "imported\n"
        assert "spane._library.LibraryError: libspane was not found" in ran.stderr
        assert str(place) in ran.stderr
        assert reason in ran.stderr


def test_another_library_is_refused() -> None:
    ran = interpreter.run("-c", "import spane; spane.Cluster()", library="libm.so.6")
    assert "libm.so.6: is not libspane" in ran.stderr


def test_without_override_all_places_are_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from spane import _library

    monkeypatch.delenv("SPANE_LIBRARY", raising=False)
    places = _library.candidates()
    assert places[0].endswith("spane/lib/libspane.so")
    assert places[1] == "libspane.so.1"
    assert all(place.endswith(".build_shared/release/libspane.so") for place in places[2:])
    monkeypatch.setattr(_library, "candidates", lambda: [str(tmp_path / "a"), "libm.so.6"])
    with pytest.raises(spane.LibraryError) as raised:
        _library._load()
    assert [place for place, _ in raised.value.attempts] == [str(tmp_path / "a"), "libm.so.6"]
    assert "no such file" in str(raised.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda text: spane.Cluster(node_resources=[text]),
        lambda text: spane.Session(spane.Cluster(), text),
        lambda text: spane.Trace.generate(2).save("never.h5", source=text),
    ],
)
def test_text_that_is_not_unicode_is_named(library: str, call: Callable[[str], object]) -> None:
    with pytest.raises(spane.InvalidArgumentError, match=r"\w+ is '\\udcff'; it must be text in"):
        call("\udcff")


def test_nothing_is_printed_at_exit() -> None:
    code = (
        "import spane, threading\n"
        "cluster = spane.Cluster(); cluster.add_servers(5, node_cpu=40, node_mem=90)\n"
        "session = spane.Session(cluster, 'first-fit')\n"
        "def work():\n"
        "    while True: session.choose(4, 8)\n"
        "threading.Thread(target=work, daemon=True).start()\n"
    )
    ran = interpreter.run("-c", code, library=spane.library_path())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
