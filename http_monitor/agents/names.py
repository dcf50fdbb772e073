"""Names of libraries and bots that agents give as their first word, and that browser rules do not know as programs."""

import re

# Libraries for HTTP and tools such as curl. Each sends this word by default, according to its documentation; a program
# with a name of its own sends that instead. ua-parser takes half of them for browsers and some for spiders.
_LIBRARIES = (
    "aiohttp",
    "ansible-httpget",
    "apache-httpclient",
    "axios",
    "curl",
    "dart",
    "deno",
    "faraday",
    "go",
    "go-http-client",
    "got",
    "guzzlehttp",
    "http-client",
    "httpie",
    "insomnia",
    "java",
    "java-http-client",
    "jakarta commons-httpclient",
    "libcurl",
    "libwww-perl",
    "lwp",
    "lua-resty-http",
    "node",
    "node-fetch",
    "okhttp",
    "postmanruntime",
    "powershell",
    "python",
    "python-httpx",
    "python-requests",
    "python-urllib",
    "python-urllib2",
    "python-urllib3",
    "reqwest",
    "rest-client",
    "ruby",
    "typhoeus",
    "undici",
    "urlgrabber",
    "wget",
    "wget2",
    "winhttp",
)
# Programs that send requests repeatedly and are no crawlers: probes of load balancers and of monitoring, measuring
# tools, scanners, headless browsers.
_BOTS = (
    "amazon-route53-health-check-service",
    "apachebench",
    "blackbox-exporter",
    "check_http",
    "consul health check",
    "datadog",
    "elb-healthchecker",
    "fasthttp",
    "googlehc",
    "grafana",
    "haproxy",
    "k6",
    "kube-probe",
    "locust",
    "nikto",
    "nmap",
    "prometheus",
    "siege",
    "traefik",
    "varnish",
    "vegeta",
    "wrk",
    "zgrab",
)
# Crawlers name their owner's address, as the Guidelines for Robot Writers of 1993 ask; browsers do not.
_OWNER = re.compile(r"https?://|[\w.-]@\w+\.", re.ASCII | re.IGNORECASE)
# Applied to lower-cased text, which covers more than ignoring the case of ASCII.
_HIDDEN_PROGRAM = re.compile("headlesschrome/|phantomjs/|zgrab/|nmap scripting engine|check_http/|l9explore/")


def _first_word(names: tuple[str, ...]) -> re.Pattern[str]:
    # The word alone, or followed by a version or a remark: `javafx` is not `java`.
    return re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?![\w-])", re.ASCII | re.IGNORECASE)


_LIBRARY = _first_word(_LIBRARIES)
_BOT = _first_word(_BOTS)


def names_library(agent: str) -> bool:
    """Return whether an agent begins with the name of an HTTP library or of a tool such as curl."""
    return _LIBRARY.match(agent) is not None


def names_bot(agent: str) -> bool:
    """Return whether an agent has the name of a probe or scanner, contains a hidden program, or names its owner."""
    named = _BOT.match(agent) is not None or _HIDDEN_PROGRAM.search(agent.lower()) is not None
    return named or _OWNER.search(agent) is not None
