"""A Kizeo that answers over real HTTP as the contract says: unread until acknowledged, per reader."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TOKEN, FORM = "jeton-nu", "12345"


class FakeKizeo:
    """State of one form; `records` is {id: (item, detail)}."""

    def __init__(self):
        self.records, self.media, self.pushes = {}, {}, []
        self.read = {}
        self.bare, self.fail_next, self.allow_push = False, [], True
        self.requests = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                fake.answer(self, None)

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                fake.answer(self, json.loads(self.rfile.read(length)))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/rest/v3"
        # How often it looks whether it is to end, in seconds.
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, data_id, number="M-1", update="2026-11-26 10:20:11", **options):
        fields = {
            "num_mission": {"value": number, "type": "text"},
            "isolant_epaisseur": {"value": "300", "type": "text"},
            "photos": {"value": "c1_ab12.jpg, c1_cd34.jpg", "type": "photo"},
            "commentaire": {"value": "RAS", "type": "textarea"},
            "pieces": {
                "type": "subform",
                "value": [{"piece": {"value": "Combles", "type": "select"}, "surface": {"value": "62"}}],
            },
        }
        item = {
            "_id": data_id,
            "_user_id": options.get("user", "41022"),
            "_user_ref1": options.get("ref", ""),
            "_update_time": update,
            "_answer_time": "2026-11-26 10:19:58",
            "_start_time": "2026-11-26 09:41:00",
            "_end_time": "2026-11-26 10:19:50",
            "num_mission": number,
        }
        fields.update(options.get("fields", {}))
        self.records[data_id] = (item, {"id": data_id, "user_id": item["_user_id"], "fields": fields})
        for name in ("c1_ab12.jpg", "c1_cd34.jpg"):
            self.media[name] = b"photo " + name.encode()

    def unread(self, action, limit):
        seen = self.read.get(action, {})
        rows = [item for key, (item, _) in self.records.items() if seen.get(key) != item["_update_time"]]
        return rows[:limit]

    def answer(self, http, body):
        self.requests.append((http.command, http.path))
        status, content = self.route(http, body)
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        http.send_response(status)
        http.send_header("Content-Length", str(len(raw)))
        http.end_headers()
        http.wfile.write(raw)

    def route(self, http, body):
        if http.headers.get("Authorization") != TOKEN:
            return 401, {"status": "error", "message": "unauthorized"}
        if self.fail_next:
            return self.fail_next.pop(0), {"status": "error"}
        path = urlsplit(http.path).path.removeprefix(f"/rest/v3/forms/{FORM}")
        if found := re.fullmatch(r"/data/unread/([^/]+)/(\d+)", path):
            rows = self.unread(found[1], int(found[2]))
            return 200, rows if self.bare else {"status": "ok", "message": "", "data": rows}
        if found := re.fullmatch(r"/markasreadbyaction/([^/]+)", path):
            for key in body["data_ids"]:
                self.read.setdefault(found[1], {})[key] = self.records[key][0]["_update_time"]
            return 200, {"status": "ok"}
        if found := re.fullmatch(r"/data/([^/]+)/medias/([^/]+)", path):
            return (200, self.media[found[2]]) if found[2] in self.media else (404, {"status": "error"})
        if found := re.fullmatch(r"/data/([^/]+)", path):
            return 200, {"status": "ok", "data": self.records[found[1]][1]}
        if path == "/push":
            if not self.allow_push:
                return 200, {"status": "error", "message": "push interdit sur ce formulaire"}
            self.pushes.append(body)
            return 200, {"status": "ok", "data": {"data_id": str(800000 + len(self.pushes))}}
        return 404, {"status": "error", "message": path}
