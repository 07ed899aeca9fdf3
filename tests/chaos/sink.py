"""An outside system that misbehaves: 503 at the first call of 2 % of events, cut after the effect for 1 %."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Sink:
    """Counts effects by key: a key seen before has no second effect, as with any idempotent system."""

    def __init__(self):
        self.calls, self.effects, self.number_of = Counter(), Counter(), {}
        self.refused = self.cut = 0
        self.lock = threading.Lock()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.receive(self, body["number"], self.headers["Idempotency-Key"])

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                """Clients are killed on purpose."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def receive(self, http, number, key):
        time.sleep(0.025)
        with self.lock:
            self.calls[key] += 1
            first = self.calls[key] == 1
            if first and number % 50 == 7:
                self.refused += 1
                return self.reply(http, 503)
            if key not in self.number_of:
                self.number_of[key] = number
                self.effects[number] += 1
            if first and number % 100 == 33:
                self.cut += 1
                http.close_connection = True
                return http.connection.close()
        return self.reply(http, 200)

    def reply(self, http, status):
        http.send_response(status)
        http.send_header("Content-Length", "0")
        http.end_headers()
