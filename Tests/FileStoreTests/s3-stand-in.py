"""As much of Amazon S3 as the driver speaks, over HTTP on a free loopback port: objects of one bucket, in memory.

Each request must be signed: the signature is worked out anew by botocore, the client library of AWS, from what arrived. Writes its port into
the file that is its argument, and ends with its standard input.
"""
import datetime
import hashlib
import hmac
import http.server
import re
import sys
import threading

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS, SECRET, REGION, BUCKET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "ca-central-1", "palestra"
FIELD = re.compile(r"^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$")
objects = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def refuse(self, status, code):
        self.answer(status, f'<?xml version="1.0"?><Error><Code>{code}</Code></Error>'.encode())

    def answer(self, status, body=b""):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def is_signed(self, body):
        field = FIELD.match(self.headers.get("Authorization", ""))
        if not field or self.headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            return False
        moment, names = self.headers.get("x-amz-date", ""), field[2].split(";")
        sent = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
        if abs((datetime.datetime.utcnow() - sent).total_seconds()) > 900 or not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
            return False
        if field[1] != f"{ACCESS}/{moment[:8]}/{REGION}/s3/aws4_request":
            return False
        request = AWSRequest(
            method=self.command, url=f"http://{self.headers['Host']}{self.path}", data=body,
            headers={name: self.headers[name] for name in names if name != "host"})
        request.context["timestamp"] = moment
        auth = S3SigV4Auth(Credentials(ACCESS, SECRET), "s3", REGION)
        expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        return hmac.compare_digest(expected, field[3])

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.is_signed(body):
            return self.refuse(403, "SignatureDoesNotMatch")
        _, bucket, key = self.path.split("/", 2)
        if bucket != BUCKET:
            return self.refuse(404, "NoSuchBucket")
        if self.command == "PUT":
            objects[key] = body
            return self.answer(200)
        if self.command == "DELETE":
            objects.pop(key, None)
            return self.answer(204)
        return self.answer(200, objects[key]) if key in objects else self.refuse(404, "NoSuchKey")

    do_GET = do_PUT = do_DELETE = serve

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1], "w") as file:
    file.write(f"{server.server_port}\n")
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
