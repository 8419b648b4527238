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

DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "i4", "u1", "?"]).map(np.dtype)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))


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
        assert read.metadata == {"info": text}
        assert read.checksum == checksum
        assert read.arrays.keys() == arrays.keys()
        for name, array in arrays.items():
            assert read.arrays[name].dtype == array.dtype
            np.testing.assert_array_equal(read.arrays[name], array)


def test_the_safetensors_library_reads_it(tmp_path):
    path = tmp_path / "x.safetensors"
    arrays = {"small": np.arange(3, dtype=np.uint8), "wide": np.random.default_rng(0).normal(size=(4, 5))}
    write_array_file(path, arrays, {"stage": "test"})
    for name, array in load_file(path).items():
        np.testing.assert_array_equal(array, arrays[name])
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["stage"] == "test"


def test_every_flipped_byte_is_found(tmp_path):
    path = tmp_path / "x.safetensors"
    write_array_file(path, {"ap": np.linspace(0, 1, 7), "n": np.arange(3, dtype="i4")}, {"stage": "s"})
    whole = path.read_bytes()
    assert read_array_file(path).arrays["ap"][-1] == 1
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(DamagedFileError):
            read_array_file(path)


def test_a_cut_or_lengthened_file_is_found(tmp_path):
    path = tmp_path / "x.safetensors"
    write_array_file(path, {"ap": np.linspace(0, 1, 7)}, {})
    whole = path.read_bytes()
    for content in (b"", whole[:5], whole[:-1], whole[:-8], whole + b"\0" * 8):
        path.write_bytes(content)
        for verified in (False, True):
            with pytest.raises(DamagedFileError):
                read_array_file(path, verified=verified)


def test_rows_are_written_without_holding_the_whole(tmp_path):
    path = tmp_path / "x.safetensors"
    matrix = np.random.default_rng(1).normal(size=(6, 4))
    write_array_file(
        path, {"rows": Rows(6, 4, np.float64, lambda: (matrix[i : i + 2] for i in (0, 2, 4)))}, {}
    )
    np.testing.assert_array_equal(read_array_file(path).arrays["rows"], matrix)


def test_a_failed_write_leaves_nothing(tmp_path):
    path = tmp_path / "x.safetensors"

    def rows():
        yield np.zeros(4)
        raise RuntimeError("the model fell over")

    with pytest.raises(RuntimeError):
        write_array_file(path, {"rows": Rows(2, 4, np.float64, rows)}, {})
    with pytest.raises(ValueError, match="32 bytes came for 64"):
        write_array_file(path, {"rows": Rows(2, 4, np.float64, lambda: [np.zeros(4)])}, {})
    assert list(tmp_path.iterdir()) == []


def test_arrays_are_read_only(tmp_path):
    path = tmp_path / "x.safetensors"
    write_array_file(path, {"ap": np.zeros(3)}, {})
    for mapped in (True, False):
        with pytest.raises(ValueError, match="read-only"):
            read_array_file(path, mapped).arrays["ap"][0] = 9


def test_metadata_alone_is_read_or_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    write_array_file(path, {"ap": np.zeros(3)}, {"stage": "s"})
    assert read_metadata(path)["stage"] == "s"
    path.write_bytes(b"\xff" * 40)
    with pytest.raises(DamagedFileError):
        read_metadata(path)
