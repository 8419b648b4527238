"""Array files: any safetensors reader opens them, and no flipped byte goes unseen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors import safe_open
from safetensors.numpy import load_file

from expertlens_core.artefacts import DamagedFileError, Rows, read_array_file, write_array_file
from expertlens_core.artefacts.array_file import read_metadata
from expertlens_core.artefacts.shipped import spread, squeeze

DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "u1", "?"]).map(np.dtype)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.safetensors"


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@settings(max_examples=30, deadline=None)
@given(
    arrays=st.dictionaries(st.text("abc.äß\"'\\/0", min_size=1, max_size=6), ARRAYS, max_size=4),
    text=st.text(max_size=30),
)
def test_what_is_written_is_read(tmp_path_factory, arrays, text):
    path = tmp_path_factory.mktemp("arrays") / "x.safetensors"
    checksum = write_array_file(path, arrays, {"info": text})
    for mapped in (True, False):
        read = read_array_file(path, mapped)
        assert (read.metadata, read.checksum) == ({"info": text}, checksum)
        assert_same(read.arrays, arrays)


def test_the_safetensors_library_reads_it(path):
    arrays = {"small": np.arange(3, dtype=np.uint8), "wide": np.random.default_rng(0).normal(size=(4, 5))}
    write_array_file(path, arrays, {"stage": "test"})
    assert_same(load_file(path), arrays)
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["stage"] == "test"


def test_every_flipped_byte_and_every_cut_or_lengthened_file_is_found(path):
    write_array_file(path, {"ap": np.linspace(0, 1, 7), "n": np.arange(3, dtype="i4")}, {"stage": "s"})
    whole = path.read_bytes()
    assert read_array_file(path).arrays["ap"][-1] == 1
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(DamagedFileError):
            read_array_file(path)
    for content in (b"", whole[:5], whole[:-1], whole[:-8], whole + b"\0" * 8):
        path.write_bytes(content)
        for verified in (False, True):
            with pytest.raises(DamagedFileError):
                read_array_file(path, verified=verified)


def test_rows_are_written_without_holding_the_whole(path):
    matrix = np.random.default_rng(1).normal(size=(6, 4))
    rows = Rows((6, 4), np.float64, lambda: (matrix[i : i + 2] for i in (0, 2, 4)))
    write_array_file(path, {"rows": rows}, {})
    np.testing.assert_array_equal(read_array_file(path).arrays["rows"], matrix)


def test_a_failed_write_leaves_nothing(path):
    def rows():
        yield np.zeros(4)
        raise RuntimeError("the model fell over")

    with pytest.raises(RuntimeError):
        write_array_file(path, {"rows": Rows((2, 4), np.float64, rows)}, {})
    with pytest.raises(ValueError, match="32 bytes came for 64"):
        write_array_file(path, {"rows": Rows((2, 4), np.float64, lambda: [np.zeros(4)])}, {})
    assert list(path.parent.iterdir()) == []


def test_arrays_are_read_only(path):
    write_array_file(path, {"ap": np.zeros(3)}, {})
    for mapped in (True, False):
        with pytest.raises(ValueError, match="read-only"):
            read_array_file(path, mapped).arrays["ap"][0] = 9


def test_metadata_alone_is_read_or_refused(path):
    write_array_file(path, {"ap": np.zeros(3)}, {"stage": "s"})
    assert read_metadata(path)["stage"] == "s"
    path.write_bytes(b"\xff" * 40)
    with pytest.raises(DamagedFileError):
        read_metadata(path)


def test_compressed_arrays_of_every_type_and_shape_come_back_and_alike_bytes_take_little(path):
    rng = np.random.default_rng(0)
    arrays = {
        "wide": rng.random((3, 4)),
        "half": rng.random(7).astype(np.float16),
        "codes": rng.integers(0, 2**16, 50).astype(np.uint16),
        "counts": rng.integers(0, 9, (20, 30, 10)).astype(np.int32),
        "flags": rng.random(9) > 0.5,
        "empty": np.zeros((0, 3)),
        "one": np.float32([np.nan]),
        "turned": np.asfortranarray(rng.random((5, 6)))[:, ::2],
    }
    write_array_file(path, *squeeze(arrays, {"stage": "any"}))
    back = spread(read_array_file(path))
    assert back.metadata["stage"] == "any"
    assert_same(back.arrays, arrays)
    assert not any(array.flags.writeable for array in back.arrays.values())
    assert squeeze(arrays, {})[0]["counts"].nbytes < arrays["counts"].nbytes / 6


def test_a_file_without_compressed_arrays_is_itself(path):
    write_array_file(path, {"a": np.arange(3)}, {})
    file = read_array_file(path)
    assert spread(file) is file
