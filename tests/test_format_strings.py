"""Format strings of other programs, as people paste them, and what the lines of these programs mean then."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.errors import UsageError
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.declared.own_time import own_time
from http_monitor.parser.declared.pasted import extract_format
from http_monitor.parser.declared.programs import program_of
from http_monitor.parser.formats import get_format
from http_monitor.parser.template.format import SMALL_BYTES
from tests.examples import examples

COMBINED = '192.0.2.7 - - [19/Jan/2026:23:08:15 +0000] "GET /a?b HTTP/1.1" 200 612 "-" "curl/8.5.0"'
OF_COMBINED = {"host": b"192.0.2.7", "status": 200, "size_bytes": 612, "path": b"/a", "agent": b"curl/8.5.0"}
HTTPLOG = (
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "
    "%sslv %sslc %{+Q}r"
)
HAPROXY = (
    "192.0.2.7:2842 [21/Jan/2026:20:51:50.065] frontend~ be/srv 0/0/1/6/7 200 649 - - ---- 233/233/3/2/0 0/0 "
    '{www.example.com|curl} {} TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /path HTTP/1.1"'
)
OF_HAPROXY = {"host": b"192.0.2.7", "status": 200, "duration_us": 7_000, "upstream_us": 6_000, "path": b"/path"}
ENVOY = (
    '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% '
    '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" '
    r'"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n'
)
OF_ENVOY = '[2026-04-15T20:17:00.310Z] "POST /a/b HTTP/2" 204 - 154 0 226 100 "{}" "curl" "1" "shop" "10.0.2.1:80"'
NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
MAIN = f"""log_format  main  '{NGINX[:60]}'
                  '{NGINX[60:]}';"""
APACHE = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
ESCAPED = APACHE.replace('"', r"\"")
READ: list[tuple[str, str, dict[str, object]]] = [
    (HTTPLOG, HAPROXY, OF_HAPROXY),
    (f'log-format "{HTTPLOG}"', HAPROXY, OF_HAPROXY),
    (re.sub(r"%(ci|ST|Ta)", r"%(x_\1)\1", HTTPLOG).replace("%{+Q}r", "%(request:str){+Q}r"), HAPROXY, OF_HAPROXY),
    ('%h %l %u %t "%r" %s %b "%{i,Referer}" "%{i,User-Agent}"', COMBINED, OF_COMBINED),
    (
        '%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i" %{duration}x',
        f"{COMBINED} 0.250123",
        OF_COMBINED | {"duration_us": 250_123},
    ),
    (f"  log-format {HTTPLOG}".replace(" ", r"\ ").replace(r"\ ", " ", 3), HAPROXY, OF_HAPROXY),
    (HTTPLOG.replace(" %sslv %sslc", ""), re.sub(r"\{.*SHA384 ", "", HAPROXY), OF_HAPROXY),
    (
        "%ci [%T] %{+Q}o %HM %HP%HQ %HV %{-Q}ST %U %B %Tt %[capture.req.hdr(1)] %{+Q}[req.hdr(User-Agent)]",
        '192.0.2.7 [19/Jan/2026:23:08:15 +0000] "GET" "/a""?b" "HTTP/1.1" 200 1 612 7 "x" "curl/8.5.0"',
        {"status": 200, "host": b"192.0.2.7", "duration_us": 7_000, "path": b"/a", "method": b"GET", "bytes_in": 1},
    ),
    ('%h %^[%d:%t %^] "%r" %s %b "%R" "%u"', COMBINED, OF_COMBINED),
    (r"log-format %h %^[%x] \"%r\" %s %b \"%R\" \"%u\"", COMBINED, OF_COMBINED),
    ('log-format %h %^[%d:%t %^] "%r" %s %b "%R" "%u"\ndate-format %d/%b/%Y\ntime-format %T\n', COMBINED, OF_COMBINED),
    ('%d %t %^ %h "%m %U %H" %s %b %L', '2026-01-19 23:08:15 x 192.0.2.7 "GET /a HTTP/1.1" 200 612 9', {"path": b"/a"}),
    ("~h{, } %^[%d:%t %^] %s", "192.0.2.7, 10.0.0.1 - [19/Jan/2026:23:08:15 +0000] 200", {"host": b"192.0.2.7"}),
    (ENVOY, OF_ENVOY.format("192.0.2.7"), {"host": b"192.0.2.7", "path": b"/a/b", "duration_us": 226_000}),
    (ENVOY, OF_ENVOY.format("192.0.2.7:80, 10.0.0.1"), {"host": b"192.0.2.7", "upstream_us": 100_000}),
    (
        f"text_format: '{ENVOY.replace('%REQ(X-FORWARDED-FOR)%', '%DOWNSTREAM_REMOTE_ADDRESS%')}'",
        OF_ENVOY.format("[2001:db8::7]:4711"),
        {"host": b"2001:db8::7", "status": 204, "bytes_in": 154, "vhost": b"shop"},
    ),
    (
        "%START_TIME(%d.%m.%Y %H:%M:%S.%3f)% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %RESPONSE_CODE%",
        "19.01.2026 23:08:15.250 192.0.2.7 200",
        {"host": b"192.0.2.7", "status": 200, "time": 1_768_864_095_250_000},
    ),
    (
        '%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h" %Ss:%Sh',
        COMBINED + " TCP_MISS:HIER_DIRECT",
        {**OF_COMBINED, "cache": b"TCP_MISS"},
    ),
    (
        "logformat mine %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt",
        "1768864095.500     12 192.0.2.7 TCP_MISS/200 612 GET http://shop/a?b - HIER_DIRECT/198.51.100.1 text/html",
        {"host": b"192.0.2.7", "duration_us": 12_000, "status": 200, "time": 1_768_864_095_500_000, "path": b"/a"},
    ),
    ('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)s', COMBINED + " 7", {"duration_us": 7_000}),
    (
        "access_log_format = '%({x-forwarded-for}i)s %(t)s \"%(m)s %(U)s %(H)s\" %(s)s %(L)s'",
        '192.0.2.7, 10.0.0.1 [19/Jan/2026:23:08:15 +0000] "GET /a HTTP/1.1" 200 0.001234',
        {"host": b"192.0.2.7", "duration_us": 1_234, "path": b"/a"},
    ),
    (
        ':remote-addr - :remote-user [:date[clf]] ":method :url HTTP/:http-version" :status :res[content-length] '
        '":referrer" ":user-agent" :response-time ms',
        COMBINED + " 1.250 ms",
        {**OF_COMBINED, "duration_us": 1_250},
    ),
    (
        "app.use(morgan(':date[web] :remote-addr :method :url :status :total-time[1]'))",
        "Mon, 19 Jan 2026 23:08:15 GMT ::1 GET /a - 7.5",
        {"host": b"::1", "status": 0, "duration_us": 7_500, "time": 1_768_864_095_000_000},
    ),
    (f'LogFormat "{ESCAPED}" combined', COMBINED, OF_COMBINED),
    (f'CustomLog "logs/access log" "{ESCAPED}" env=!dontlog', COMBINED, OF_COMBINED),
    (f'"{ESCAPED}"', COMBINED, OF_COMBINED),
    (APACHE.replace('"', "&quot;").replace(">", "&gt;") + "\\n", COMBINED, OF_COMBINED),
    (f'<Valve className="x" pattern="{APACHE.replace(chr(34), "&quot;")}" />', COMBINED, OF_COMBINED),
    (MAIN, COMBINED, OF_COMBINED),
    (f"'{NGINX}\\n'", COMBINED, OF_COMBINED),
    (NGINX.replace("remote_addr", "http_x_real_ip"), COMBINED, OF_COMBINED),
    (NGINX.replace("$remote_addr", '"$proxy_add_x_forwarded_for"'), '"192.0.2.7"' + COMBINED[9:], OF_COMBINED),
    (NGINX.replace("remote_addr", "http_cf_connecting_ip"), COMBINED, OF_COMBINED),
    (NGINX.replace("remote_addr", "proxy_protocol_addr"), COMBINED, OF_COMBINED),
    (
        NGINX.replace("remote_addr", "http_x_forwarded_for"),
        COMBINED.replace(" ", ",10.0.0.2, 10.0.0.3 ", 1),
        OF_COMBINED,
    ),
    (NGINX.replace("remote_addr", "http_x_forwarded_for"), "- " + COMBINED[10:], {"host": b"-", "status": 200}),
    (APACHE.replace("%h", "%{X-Forwarded-For}i"), COMBINED.replace(" ", ":80, 10.0.0.2 ", 1), OF_COMBINED),
    (
        "$http_x_forwarded_for [$time_local] $request $http_host $status",
        "10.0.0.7 [19/Jan/2026:23:08:15 +0000] GET /a HTTP/1.1 shop.example 200",
        {"host": b"10.0.0.7", "path": b"/a", "vhost": b"shop.example", "status": 200},
    ),
    (
        "%h [%{%Y-%m-%dT%H:%M:%S}t.%{msec_frac}t%{%z}t] %>s",
        "::1 [2026-01-19T23:08:15.250+0000] 200",
        {"time": 1_768_864_095_250_000, "host": b"::1"},
    ),
    ("%{%T}t %h %{%d.%m.%y}t %>s", "23:08:15 ::1 19.01.26 200", {"time": 1_768_864_095_000_000, "status": 200}),
    ("%{%I:%M:%S %p}t %h %>s %{%b %d %Y}t", "11:08:15 PM ::1 200 Jan 19 2026", {"time": 1_768_864_095_000_000}),
    (
        '%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(rsize) "%(referer)" "%(uagent)"'
        " %(msecs) ms",
        f"{COMBINED} 7 ms",
        OF_COMBINED | {"duration_us": 7_000},
    ),
    (
        'log-format = [%(time)] %(addr) "%(method) %(uri)" %(status) %(size) %(rsize) %(cl) %(micros) %(var.X)',
        '[1768864095] 192.0.2.7 "GET /a?b" 200 900 612 5 250 x',
        {"time": 1_768_864_095_000_000, "size_bytes": 612, "bytes_in": 5, "duration_us": 250, "path": b"/a"},
    ),
    (
        r"{remote} - {user} [{when}] \"{method} {uri} {proto}\" {status} {size} \"{>Referer}\" \"{>User-Agent}\""
        " {latency}",
        f"{COMBINED} 1.25ms",
        OF_COMBINED | {"duration_us": 1_250},
    ),
    ("{combined}", COMBINED, OF_COMBINED),
    (
        "{when_iso} {remote} {method} {uri} {status} {size} {latency_ms} {host}",
        "2026-01-19T23:08:15Z 192.0.2.7 GET /a?b 200 612 7 shop:80",
        {"time": 1_768_864_095_000_000, "duration_us": 7_000, "vhost": b"shop", "path": b"/a"},
    ),
    (
        "format transform `{ts} {request>remote_ip} {request>method} {request>uri} {status} {size} {duration}` {",
        "1768864095.25 192.0.2.7 GET /a?b 200 612 0.007",
        {"time": 1_768_864_095_250_000, "duration_us": 7_000, "host": b"192.0.2.7", "path": b"/a"},
    ),
    (
        "%[date,utime(%Y-%m-%d %H:%M:%S)] %ci %ST %B %HM %HU",
        "2026-01-19 23:08:15 192.0.2.7 200 612 GET /a?b",
        {"time": 1_768_864_095_000_000, "host": b"192.0.2.7", "path": b"/a"},
    ),
    (
        '{"t":"%[accept_date,ltime(%Y-%m-%dT%H:%M:%S%z)]","ip":"%[src]","st":%ST,"b":%B,"m":"%HM","u":"%HU","d":%Ta}',
        '{"t":"2026-01-20T00:08:15+0100","ip":"192.0.2.7","st":200,"b":612,"m":"GET","u":"/a?b","d":7}',
        {"time": 1_768_864_095_000_000, "duration_us": 7_000, "host": b"192.0.2.7", "path": b"/a"},
    ),
    (
        "%[accept_date(ms)] %ci %ST %B %{+Q}r",
        '1768864095250 192.0.2.7 200 612 "GET /a?b HTTP/1.1"',
        {"time": 1_768_864_095_250_000, "path": b"/a"},
    ),
    (
        "%[request_date(us),us_utime(%Y-%m-%dT%H:%M:%S.%6NZ)] %ci %ST %B %{+Q}r",
        '2026-01-19T23:08:15.250000Z 192.0.2.7 200 612 "GET /a?b HTTP/1.1"',
        {"time": 1_768_864_095_250_000, "path": b"/a"},
    ),
    (
        f"{APACHE} %D %{{Varnish:hitmiss}}x".replace("%>s", "%s"),
        f"{COMBINED} 7000 hit",
        OF_COMBINED | {"duration_us": 7_000},
    ),
    (f"{APACHE} %Tf".replace("%>s", "%s"), f"{COMBINED} 0.007000", OF_COMBINED | {"duration_us": 7_000}),
    (f'accesslog.format = "{ESCAPED} %D"', f"{COMBINED} 7000", OF_COMBINED | {"duration_us": 7_000}),
    ("COMBINED", COMBINED, OF_COMBINED),
    ("%{c}a %a %t %>s", "10.0.0.9 192.0.2.7 [19/Jan/2026:23:08:15 UTC] 200", {"host": b"192.0.2.7"}),
]


@pytest.mark.parametrize(("text", "line", "wanted"), READ, ids=lambda it: it[:30] if isinstance(it, str) else "")
def test_the_lines_of_a_string_mean_what_its_program_wrote(text: str, line: str, wanted: dict[str, object]) -> None:
    made = get_format(text)
    one = made.parse(line.encode())
    assert one.malformed_lines == 0
    row = _row(one)
    assert {name: row[name] for name in wanted} == wanted
    # By columns, if it has any.
    many = made.parse((line + "\n").encode() * (SMALL_BYTES // len(line) + 2))
    assert many.malformed_lines == 0
    assert _row(many) == row


def _row(batch: Any) -> dict[str, Any]:
    row: dict[str, Any] = batch.rows.slice(0, 1).to_pylist()[0]
    return row | {"time": int(row["time"].timestamp() * 1_000_000)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CustomLog logs/a.log combined", "a CustomLog that names the LogFormat combined, takes that LogFormat, or"),
        ("access_log /var/log/a.log main;", "an access_log that names the log_format main, takes that log_format, or"),
        (":method :url :status :response-time ms", "a format string of morgan without :remote-addr, takes one with"),
        ("%ci [%tr] %HM", "a log-format of HAProxy without %ST, takes one with %ci, %ST, %tr"),
        (
            "%{+json}o %(client)ci %(status)ST %tr",
            "a log-format of HAProxy that writes JSON, takes json (or json: with",
        ),
        ("%{+cbor}o %(client)ci %(status)ST %tr", "a log-format of HAProxy that writes CBOR, takes one that writes"),
        ("%{+X}ci [%tr] %ST", "a log-format of HAProxy without %ci, takes one with"),
        ("%(addr) %(method) %(uri) %(status)", "a log-format of uWSGI without %(ltime), takes one with %(addr)"),
        ("{when} {method} {uri} {status}", "a log format of Caddy without {remote} (or {request>remote_ip}), takes"),
        (r"\{\"a\":\"{remote}\",\"b\":{status},\"c\":\"{when}\"\}", "a log format of Caddy that writes JSON, takes"),
        ("%ci [%tr] %ST %xyz", "%xyz in a log-format of HAProxy, takes %ci, %ST, %{+Q}r"),
        ("%>a %>Hs %<st", "a logformat of Squid without %ts, takes one with %>a, %>Hs, %ts"),
        ("%(h)s %(s)s", "an access_log_format of gunicorn without %(t)s, takes one with %(h)s, %(s)s, %(t)s"),
        ("%h %^ %s", "a log-format of GoAccess without %d and %t, or %x, takes one with %h, %s, %d and %t, or %x"),
        ('{"t":"%x","h":"%h"}', "a log-format of GoAccess for JSON, takes --format json, or json: with the keys"),
        ("%RESPONSE_CODE% %START_TIME%", "a format string of Envoy without %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
        ("%START_TIME(%H)% %RESPONSE_CODE%", "a format string of Envoy with START_TIME(%H), takes one with a date and"),
        ("%h %{%Y}t %>s", "a LogFormat with only %{%Y}t, takes one with the time as %t"),
        ("%h %t", "a LogFormat without %>s, takes one with %h, %t and %>s"),
        ("$request $time_local $status", "a log_format without $remote_addr, takes one with $remote_addr, $status"),
    ],
)
def test_what_is_no_format_by_itself_is_called_what_it_is(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"^--format: got {re.escape(message)}") as caught:
        get_format(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            word * 2_000
            for word in ("%h", "%h ", "$a ", "$remote_addr", "%(h)s", ":remote-addr ", "%ci %ST ", "%>a %Ss ")
        ),
        *(word * 2_000 for word in ("%START_TIME%", "%^ %x ", "%{%d}t ", "%{a}i")),
        "%h %t %>s " + "a" * 40_000,
        "json:" + "a" * 40_000,
    ],
    ids=lambda text: text[:12],
)
def test_more_than_a_server_writes_with_is_refused_by_its_size(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--format: got [0-9,]+ (fields|characters), takes at most [0-9,]+$"):
        get_format(text)


@settings(max_examples=examples(150), deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                *("%h", "%t", "%>s", '"%r"', "%ci", "%ST", "%[src]", "%{+Q}r", "$remote_addr", "$status", "%^", "%x"),
                *("%(h)s", "%START_TIME%", "%REQ(A?B)%", ":status", ":date[clf]", "%>a", "%ts.%03tu", "%Ss", "&quot;"),
                *(
                    "\\n",
                    "\n",
                    " ",
                    "'",
                    '"',
                    "\\",
                    "%",
                    "$",
                    ":",
                    "{",
                    "}",
                    "LogFormat ",
                    "log-format ",
                    "log_format a ",
                ),
                *("logformat x ", "CustomLog a ", "pattern=", "morgan(", "\xe9", "\udcff", "%{%Y", "}t", "%%", "é"),
            ]
        ),
        max_size=12,
    )
)
def test_any_string_is_read_or_refused_in_one_line(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        made = get_format(text)
    except UsageError as error:
        assert "\n" not in str(error)
        return
    made.parse(b"a b c\n" + COMBINED.encode())


def test_apache_s_own_formats_are_read_as_the_family_however_they_were_pasted() -> None:
    for text in (f'LogFormat "{ESCAPED}" combined', APACHE.replace('"', "&quot;"), f'"{ESCAPED}"'):
        assert isinstance(get_format(text), FamilyFormat)


def test_a_string_that_misses_what_stands_in_front_is_refused_where_it_stops_to_fit(tmp_path: Path) -> None:
    del tmp_path
    made = get_format('[$time_local] $server_name ($remote_addr) "$request" ($status)')
    line = b'Nov  3 00:02:37 web1 shop: [03/Nov/2026:00:02:37 +0000] www ("192.0.2.1") "GET / HTTP/1.1" (403)'
    assert made.parse(line).malformed_lines == 1


@pytest.mark.parametrize(
    ("text", "program"),
    [(HTTPLOG, "haproxy"), (ENVOY, "envoy"), (NGINX, "nginx"), (APACHE, "apache"), (MAIN, "nginx"), ("x y", None)],
)
def test_whose_string_it_is_shows_in_its_placeholders(text: str, program: str | None) -> None:
    assert program_of(extract_format(text)) == program


@pytest.mark.parametrize(
    ("text", "own", "line"),
    [
        ("$remote_addr [$my_time] $status", "my_time", "::1 [2026-01-19T23:08:15Z] 200"),
        ("$remote_addr [$my_time] $time_local $status", "$my_time", "::1 [1768864095] 19/Feb/2026:23:08:15 +0000 200"),
        ("$remote_addr [${t}] $status", "t=%d.%m.%Y %H:%M:%S %z", "::1 [20.01.2026 00:08:15 +0100] 200"),
        ('{"a":"$remote_addr","t":"$t","u":"$time_local","s":$status}', "t", '{"t":1768864095,"s":200,"a":"::1"}'),
        ("%h %t %{stamp}e %>s", "stamp=%s", "::1 [19/Feb/2026:23:08:15 +0000] 1768864095 200"),
        ('%h "%{X-Time}i" %>s', "X-Time", '::1 "Mon, 19 Jan 2026 23:08:15 GMT" 200'),
    ],
)
def test_the_time_of_a_line_may_be_a_variable_of_one_s_own(text: str, own: str, line: str) -> None:
    made = get_format(text, own=own_time(own))
    for copies in (1, SMALL_BYTES // len(line) + 2):
        row = _row(made.parse((line + "\n").encode() * copies))
        assert (row["time"], row["host"], row["status"]) == (1_768_864_095_000_000, b"::1", 200)


@pytest.mark.parametrize(
    ("text", "own", "message"),
    [
        ("$remote_addr $status $x", "y", "--log-time: got y, takes a variable that the format has"),
        ("%h %t %>s", "y", "--log-time: got y, takes a variable that the format has"),
        ("combined", "y", "--log-time: got y, takes a variable that the format has"),
        ("%ci %tr %ST", "y", "--log-time: got y, takes a variable that the format has"),
        (
            "$remote_addr $status $x",
            "x=%H:%M",
            "--log-time: got x=%H:%M, takes the name of a variable, or NAME=PATTERN",
        ),
        ("$remote_addr $status $x", "=", "--log-time: got =, takes the name of a variable, or NAME=PATTERN"),
    ],
)
def test_a_variable_that_is_not_there_or_no_time_is_refused(text: str, own: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        get_format(text, own=own_time(own))
    assert str(caught.value).startswith(message)


_ENVOY_KEYS = (
    '{"t":"%START_TIME%","req":{"m":"%REQ(:METHOD)%","p":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"},"s":"%RESPONSE_CODE%",'
    '"b":"%BYTES_SENT%","d":"%DURATION%","ip":"%DOWNSTREAM_REMOTE_ADDRESS%","ua":"%REQ(USER-AGENT)%"}'
)
_ENVOY_LINE = (
    b'{"b":612,"d":13,"ip":"192.0.2.7:4711","req":{"m":"GET","p":"/a/b?c"},"s":503,"t":"2025-10-10T11:55:36.250Z",'
    b'"ua":"curl/8"}'
)


@pytest.mark.parametrize(
    "text",
    [
        _ENVOY_KEYS,
        _ENVOY_KEYS + "\n",
        _ENVOY_KEYS.replace('"', '\\"') + "\\n",
        "inline_string: '" + _ENVOY_KEYS + "'",
        _ENVOY_KEYS.replace('"%RESPONSE_CODE%"', "%RESPONSE_CODE%").replace('"%DURATION%"', "%DURATION%"),
    ],
)
def test_the_json_of_envoy_is_read_by_its_keys_in_any_order_and_type(text: str) -> None:
    batch = get_format(text).parse(_ENVOY_LINE + b"\n")
    wanted = {
        "host": b"192.0.2.7",
        "method": b"GET",
        "path": b"/a/b",
        "status": 503,
        "size_bytes": 612,
        "duration_us": 13_000,
        "agent": b"curl/8",
    }
    assert batch.malformed_lines == 0
    assert {name: batch.rows.column(name).to_pylist() for name in wanted} == {
        name: [value] for name, value in wanted.items()
    }
    assert [f"{time:%FT%T.%f}" for time in batch.rows.column("time").to_pylist()] == ["2025-10-10T11:55:36.250000"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_ENVOY_KEYS.replace("START_TIME", "STREAM_ID"), "without %START_TIME%, takes one with"),
        (_ENVOY_KEYS.replace("RESPONSE_CODE", "RESPONSE_FLAGS"), "without %RESPONSE_CODE%, takes one with"),
        (_ENVOY_KEYS.replace('"t":', '"t"'), "that is no JSON object, takes one with %OPERATORS%"),
    ],
)
def test_json_of_envoy_that_says_too_little_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape("--format: got a format string of Envoy " + told)):
        get_format(text)
