"""The upload over TLS on a long way: nginx as the service's front, a delay line before it, beside both HTTPs of curl."""

import os
import socket
import subprocess
import time

from .house import Dakbox, Process, Sandbox
from .line import Line
from .machine import find_tool, median, wait_until
from .report import Row, seconds, spread
from .upload import run_curl

WAY = 0.025
FRONT = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {folder}/front.pem;
        ssl_certificate_key {folder}/front.key;
        location / {{
            proxy_pass http://127.0.0.1:{to};
            proxy_http_version 1.1;
            proxy_set_header Host 127.0.0.1:{to};
            proxy_request_buffering off;
            proxy_buffering off;
        }}
    }}
}}
"""


def over_tls(bench):
    """One row for each size."""
    rows = []
    for megabytes in (50, 500) if bench.full else (50,):
        rows += of_size(bench, bench.size(megabytes))
    return rows


def of_size(bench, size):
    """dakbox, curl over HTTP/1.1 and curl as it comes, each through the same line; and curl without the line."""
    clip = bench.clips.kept("secure", size)
    with bench.folder() as folder:
        sandbox = Sandbox(bench.binary, folder)
        front = Front(folder, sandbox.port)
        try:
            found = {name: [] for name in ("dakbox", "curl1", "curl2", "near")}
            for nth in range(bench.runs):
                found["dakbox"].append(by_dakbox(bench, os.path.join(folder, f"house{nth}"), front, clip))
                found["curl1"].append(by_curl(sandbox, front, clip, "--http1.1", WAY))
                found["near"].append(by_curl(sandbox, front, clip, "--http1.1", 0.0))
            # Once is enough to see it crawl.
            found["curl2"].append(by_curl(sandbox, front, clip, "--http2", WAY))
        finally:
            front.stop()
            sandbox.stop()
    middle = {name: median(values) for name, values in found.items()}
    what = f"upload of {size // 1_000_000} MB over TLS, 50 ms round trip"
    ratio = middle["dakbox"] / middle["curl1"]
    return [
        Row(what, spread(found["dakbox"]), "curl --http1.1 " + spread(found["curl1"]), ratio,
            "≤ 1.3 × curl --http1.1", ratio <= 1.3),
        Row("the same beside curl as it comes (HTTP/2, nginx's window)", seconds(middle["dakbox"]), spread(found["curl2"]),
            middle["dakbox"] / middle["curl2"]),
        Row("the same without the way: what front and machine take", "", "curl --http1.1 " + spread(found["near"])),
    ]


class Front(Process):
    """nginx with a certificate of its own authority."""

    def __init__(self, folder, to):
        self.authority = certificates(folder)
        self.port = free_port()
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(FRONT.format(folder=folder, port=self.port, to=to))
        args = [find_tool("nginx"), "-p", folder, "-c", config, "-g", "daemon off;"]
        if os.geteuid() == 0:
            args[-1] += " user root;"
        super().__init__(args, os.path.join(folder, "nginx.log"), {"PATH": "/usr/sbin:/usr/bin:/bin"})
        wait_until("nginx", lambda: listens(self.port))


def free_port():
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(port):
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def certificates(folder):
    """An authority, and a certificate for `localhost` by it; the authority's file."""
    at = lambda name: os.path.join(folder, name)
    with open(at("names"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for args in (
        ["req", "-x509", *curve, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "3650", "-subj", "/CN=bench"],
        ["req", *curve, "-keyout", at("front.key"), "-out", at("front.csr"), "-subj", "/CN=localhost"],
        ["x509", "-req", "-in", at("front.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial",
         "-out", at("front.pem"), "-days", "365", "-extfile", at("names")],
    ):
        subprocess.run(["openssl", *args], check=True, capture_output=True)
    return at("ca.pem")


def carried(line, size):
    """Seconds from the opened connection that carried the clip to the last byte of the upload's answer."""
    wire = next(wire for wire in line.wires if wire.up > size)
    # A connection that is kept may carry other calls afterwards, so that its own last byte says nothing.
    return wire.answered(size) - wire.opened


def by_curl(sandbox, front, clip, how, way):
    """One upload by curl: from the opened connection to the last byte of the answer, as the line saw it."""
    token, session = sandbox.session()
    line = Line(("127.0.0.1", front.port), way)
    try:
        url = f"https://localhost:{line.port}/api/upload-video/nemo_agent/me/{session}"
        run_curl(["--cacert", front.authority, how, url], token, clip)
        return carried(line, os.path.getsize(clip))
    finally:
        line.close()


def by_dakbox(bench, folder, front, clip):
    """The same upload by dakbox."""
    line = Line(("127.0.0.1", front.port), WAY)
    url, size = f"https://localhost:{line.port}", os.path.getsize(clip)
    house = Dakbox(bench.binary, folder, url)
    house.env["SSL_CERT_FILE"] = front.authority
    try:
        house.start()
        house.words("clip")
        time.sleep(0.3)
        os.link(clip, os.path.join(house.inbox, "clip.mp4"))
        # The film comes after the upload's answer, so that its connection is at rest by then.
        wait_until("the upload's end", lambda: house.done() == 1)
        return carried(line, size)
    finally:
        house.stop()
        line.close()
