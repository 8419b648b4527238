"""Compressed arrays come back as they were."""

import numpy as np

from expertlens_core.artefacts import read_array_file, write_array_file
from expertlens_core.artefacts.squeezed import spread, squeeze


def test_every_type_and_shape_comes_back_and_alike_bytes_take_little(tmp_path):
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
    path = tmp_path / "a.safetensors"
    write_array_file(path, *squeeze(arrays, {"stage": "any"}))
    back = spread(read_array_file(path))
    assert back.metadata["stage"] == "any"
    assert back.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(back.arrays[name], array)
        assert not back.arrays[name].flags.writeable
    assert squeeze(arrays, {})[0]["counts"].nbytes < arrays["counts"].nbytes / 6


def test_a_file_without_compressed_arrays_is_itself(tmp_path):
    write_array_file(tmp_path / "a.safetensors", {"a": np.arange(3)}, {})
    file = read_array_file(tmp_path / "a.safetensors")
    assert spread(file) is file
