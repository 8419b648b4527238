"""An OpenAI-compatible endpoint on loopback that answers by a script, to try what real ones rarely do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Script:
    """What the endpoint does, answer by answer; the last entry stands for all that follow.

    An entry is a text, an HTTP status, or one of ``"slow"`` (never ends), ``"cut"`` (closes midway), ``"garbage"``
    (no JSON), ``"silent"`` (never begins).
    """

    def __init__(self, *entries: Any) -> None:
        self.entries = list(entries)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.broken_off = threading.Event()
        self._lock = threading.Lock()

    def take(self, request: dict[str, Any], key: str) -> Any:
        with self._lock:
            self.asked.append(request)
            self.keys.append(key)
            return self.entries[min(len(self.asked), len(self.entries)) - 1]


@contextmanager
def served(script: Script) -> Iterator[str]:
    """The endpoint's base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            entry = script.take(json.loads(self.rfile.read(size)), self.headers.get("Authorization", ""))
            if isinstance(entry, int):
                told = json.dumps({"error": {"message": f"no: {self.headers.get('Authorization')}"}}).encode()
                self.send_response(entry)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)
                return
            if entry == "silent":
                time.sleep(3)
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                if entry == "garbage":
                    self.wfile.write(b"data: {not json\n\n")
                elif entry == "cut":
                    self._piece("1. A cat")
                elif entry == "slow":
                    for _ in range(600):
                        self._piece("word ")
                        time.sleep(0.05)
                else:
                    for part in str(entry).splitlines(keepends=True):
                        self._piece(part)
                    self._piece("", "stop")
                    self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                script.broken_off.set()

        def _piece(self, text: str, finish: str | None = None) -> None:
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
            piece = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "m",
                "choices": [choice],
            }
            self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
            self.wfile.flush()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that goes is no fault."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
