"""Browse a home as an analyst does: `python tests/bench/scale_browse.py HOME`.

It starts `mediawatch browse`, opens its pages of results and of tables, and ends it. For `scale.py`,
which counts what that takes.
"""

from __future__ import annotations

import http.cookiejar
import re
import signal
import socket
import subprocess
import sys
import urllib.request

PAGES = ("latest_status", "flagged", "unproven", "account", "reading", "account.csv?_stream=on")


def main(home: str) -> None:
    """RuntimeError where it does not start, or a page is refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = ["-m", "mediawatch", "--home", home, "browse", "--port", str(port)]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr
        said = ""
        for line in served.stderr:
            said += line
            if found := re.search(r"http://\S+\?token=\S+", line):
                break
        else:
            raise RuntimeError(f"browse did not start: {said}")
        try:
            cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
            proxies = urllib.request.ProxyHandler({})
            opener = urllib.request.build_opener(proxies, cookies)
            for address in (
                found[0],
                *(f"http://127.0.0.1:{port}/mediawatch/{each}" for each in PAGES),
            ):
                with opener.open(address, timeout=600) as page:
                    while page.read(1 << 16):
                        pass
        finally:
            served.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main(sys.argv[1])
