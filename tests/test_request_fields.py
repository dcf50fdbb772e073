"""What a request counts as: its method, section and endpoint."""

import pytest

from http_monitor.parser.fields.request import NO_REQUEST, Request, split_request


@pytest.mark.parametrize(
    ("request_line", "method", "section", "path"),
    [
        (b"GET /pages/create HTTP/1.1", b"GET", b"/pages", b"/pages/create"),
        (b"GET /report HTTP/2", b"GET", b"/report", b"/report"),
        (b"GET /report/ HTTP/1.1", b"GET", b"/report", b"/report/"),
        (b"GET / HTTP/1.0", b"GET", b"/", b"/"),
        (b"GET /?a=/b/c HTTP/1.1", b"GET", b"/", b"/"),
        (b"GET /a?b=/c/d HTTP/1.1", b"GET", b"/a", b"/a"),
        (b"GET //x HTTP/1.1", b"GET", b"/", b"//x"),
        (b"GET /a#b/c HTTP/1.1", b"GET", b"/a#b", b"/a#b/c"),
        (b"GET /a b/c d HTTP/1.1", b"GET", b"/a b", b"/a b/c d"),
        (b"GET /a HTTP/1.1 ", b"GET", b"/a HTTP", b"/a HTTP/1.1 "),
        (b"GET /a  HTTP/1.1", b"GET", b"/a ", b"/a "),
        (b"GET /a HTTP/1.1 HTTP/1.1", b"GET", b"/a HTTP", b"/a HTTP/1.1"),
        (b"GET /a HTTP/", b"GET", b"/a", b"/a"),
        (b"GET /a http/1.1", b"GET", b"/a http", b"/a http/1.1"),
        (b"GET /a", b"GET", b"/a", b"/a"),
        (b"SSTP_DUPLEX_POST /sra_{BA}/ HTTP/1.1", b"SSTP_DUPLEX_POST", b"/sra_{BA}", b"/sra_{BA}/"),
        (b"VERSION-CONTROL /a HTTP/1.1", b"VERSION-CONTROL", b"/a", b"/a"),
        (b"get /a HTTP/1.1", b"get", b"/a", b"/a"),
        (b"GET http://h/pages/x?y HTTP/1.1", b"GET", b"/pages", b"/pages/x"),
        (b"GET HTTP://h/pages/x HTTP/1.1", b"GET", b"/pages", b"/pages/x"),
        (b"GET any+scheme.-1://h HTTP/1.1", b"GET", b"/", b"/"),
        (b"GET http://h?a=/b HTTP/1.1", b"GET", b"/", b"/"),
        (b"GET http://h#/b HTTP/1.1", b"GET", b"/", b"/"),
        (b"GET http:// HTTP/1.1", b"GET", b"/", b"/"),
        (b"GET 1http://h/x HTTP/1.1", b"GET", b"(none)", None),
        (b"GET pages/x HTTP/1.1", b"GET", b"(none)", None),
        (b"GET ?x HTTP/1.1", b"GET", b"(none)", None),
        (b"OPTIONS * HTTP/1.1", b"OPTIONS", b"*", b"*"),
        (b"GET */x HTTP/1.1", b"GET", b"(none)", None),
        (b"CONNECT example.com:443 HTTP/1.1", b"CONNECT", b"(connect)", b"example.com:443"),
        (b"CONNECT /a/b HTTP/1.1", b"CONNECT", b"(connect)", b"/a/b"),
        (b"connect /a/b HTTP/1.1", b"connect", b"/a", b"/a/b"),
        (b"GET \xff\x00/x HTTP/1.1", b"GET", b"(none)", None),
    ],
)
def test_a_request_counts_as(request_line: bytes, method: bytes, section: bytes, path: bytes | None) -> None:
    assert split_request(request_line) == Request(method, section, path)


@pytest.mark.parametrize(
    "request_line",
    [
        *(b"", b"-", b"GET", b"GET ", b"GET HTTP/1.1", b"GET  HTTP/1.1", b" GET /x HTTP/1.1", b"G3T /x HTTP/1.1"),
        *(b"GET\t/x HTTP/1.1", rb"\x16\x03\x01", b"\x16\x03\x01 /x", "GÉT /x".encode(), b"GET\n /x"),
    ],
)
def test_without_a_word_or_a_target_there_is_neither_method_nor_target(request_line: bytes) -> None:
    assert split_request(request_line) == NO_REQUEST
