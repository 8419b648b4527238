"""diskcache storage that holds text and numbers in its database and nothing else.

diskcache's own storage unpickles what it reads (CVE-2025-69872) and reads or removes any file that its
database names. Here both are refused, when writing and when reading: a crafted database can at worst give
wrong text, which the documents' checksum catches.
"""

from typing import Any

from diskcache import Disk
from diskcache.core import MODE_RAW, UNKNOWN

_LARGEST = 2**63 - 1


class RefusedValueError(TypeError):
    """A key or value that is not plain text or a number."""


class ScalarDisk(Disk):
    """Keys and values are `str`, `int` or `float`, stored in the database itself."""

    def put(self, key: Any) -> tuple[Any, bool]:
        """Key as stored."""
        return _scalar(key, "key"), True

    def get(self, key: Any, raw: bool) -> Any:
        """Key as given."""
        if not raw:
            raise RefusedValueError("the cache holds a key that is not plain: refused, clear the cache")
        return _scalar(key, "key")

    def store(self, value: Any, read: bool, key: Any = UNKNOWN) -> tuple[int, int, None, Any]:  # noqa: ARG002
        """Value as stored: its size, mode, no file, itself."""
        if read:
            raise RefusedValueError("the cache takes no streams: store arrays as files")
        return len(value) if isinstance(value, str) else 0, MODE_RAW, None, _scalar(value, "value")

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Value as given."""
        if mode != MODE_RAW or filename is not None or read:
            raise RefusedValueError("the cache holds a value that is not plain: refused, clear the cache")
        return _scalar(value, "value")

    def remove(self, file_path: str) -> None:
        """Nothing: no entry of ours has a file, so a name in the database is not one to remove."""


def _scalar(value: Any, what: str) -> Any:
    if type(value) in (str, float) or (type(value) is int and -_LARGEST - 1 <= value <= _LARGEST):
        return value
    raise RefusedValueError(
        f"the cache refuses a {what} of type {type(value).__name__}: expected text or a number"
    )
