#!/bin/sh
# Paste 3.10.1, paste.translogger.TransLogger: the offset behind the time of a line.
#
# Expected: the offset from UTC that holds at that moment, as hours and minutes: +0530 in Asia/Kolkata, +0545 in
# Asia/Kathmandu, +0100 in Europe/Berlin in winter.
# Seen: the fraction of an hour times 100 stands where the minutes should (+0550; +0575, which is no offset at all), and
# where a zone has summer time its offset is written all the year round (+0200 in Berlin in January).
# It matters to whoever computes instants from such a log: they are wrong by the same time, and look right.
# Fails when that is no longer what is seen.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check 'paste==3.10.1' 'setuptools<81'

cat > "$work/log_once.py" <<'PY'
import logging
import re

from paste.translogger import TransLogger

said = []
handler = logging.Handler()
handler.emit = lambda record: said.append(record.getMessage())


def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


logged = TransLogger(application, setup_console_handler=False, set_logger_level=logging.INFO)
logged.logger.addHandler(handler)
environ = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "192.0.2.1",
    "HTTP_HOST": "localhost",
    "wsgi.url_scheme": "http",
}
list(logged(environ, lambda status, headers, exc_info=None: None))
print(re.search(r"\[.* ([+-]\d{4})\]", said[0])[1])
PY

failed=
check() {
    seen=$(TZ=$1 "$work/venv/bin/python" -W ignore "$work/log_once.py")
    printf '%s: expected %s, seen %s\n' "$1" "$2" "$seen"
    [ "$seen" = "$3" ] || { printf 'this is not what it was: %s\n' "$3"; failed=yes; }
}
check Asia/Kolkata +0530 +0550
check Asia/Kathmandu +0545 +0575
check Europe/Berlin "$(TZ=Europe/Berlin date +%z) by the day of this run" +0200
test -z "$failed"
