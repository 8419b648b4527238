"""The values that were used last."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class Recent:
    """Values by name; the one not used for longest goes first where their `size` comes to more than `most`."""

    def __init__(self, most: float, size: Callable[[Any], float] = lambda _: 1) -> None:
        self._most, self._size = most, size
        self._lock = threading.Lock()
        self._values: OrderedDict[str, Any] = OrderedDict()
        self._full = 0.0

    def get(self, name: str) -> Any:
        with self._lock:
            if name in self._values:
                self._values.move_to_end(name)
            return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        with self._lock:
            if name in self._values:
                self._full -= self._size(self._values.pop(name))
            self._values[name] = value
            self._full += self._size(value)
            while self._full > self._most and len(self._values) > 1:
                self._full -= self._size(self._values.popitem(last=False)[1])

    def drop(self, name: str) -> None:
        """Forget a value, if it is there."""
        with self._lock:
            if name in self._values:
                self._full -= self._size(self._values.pop(name))
