"""The clients, resources and answers of the simulated traffic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A resource of the simulated API."""

    path: str
    method: str
    weight: int
    """Its share of the requests."""
    greatest_bytes: int
    """Size of its largest answer."""


ENDPOINTS = (
    Endpoint("/grail/search", "GET", 10, 48_000),
    Endpoint("/grail/sightings", "GET", 5, 9_000),
    Endpoint("/bridge/questions", "GET", 4, 600),
    Endpoint("/shrubbery/orders", "POST", 2, 1_200),
    Endpoint("/castle/taunts", "GET", 3, 4_000),
)

CHARACTERS = ("arthur", "bedevere", "galahad", "lancelot", "patsy", "robin", "tim")
"""The users: seven of Monty Python and the Holy Grail."""

GOOD_STATUSES = ((200, 80), (201, 8), (304, 8), (404, 4))
"""(status, weight) of the answers that are no server errors."""
BAD_STATUSES = ((500, 1), (503, 3))
"""(status, weight) of the server errors."""

AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15",
    "curl/8.5.0",
    "Coconut/2.0 (African swallow)",
    "Coconut/2.0 (European swallow)",
)
FLOOD_AGENT = "Trojan-Rabbit/1.0"
REFERERS = ("-", "-", "https://camelot.example/", "https://camelot.example/round-table")

_IPV4_NETS = ("192.0.2", "198.51.100", "203.0.113")
_IPV4_HOSTS = 200
_IPV4_CLIENTS = len(_IPV4_NETS) * _IPV4_HOSTS
_FLOOD_HOSTS = 50


def client(number: int) -> str:
    """Return the address of a client, from 0; every fourth has IPv6, and all once the IPv4 addresses are used up.

    Only the networks for documentation are used: RFC 5737 (IPv4), RFC 3849 (IPv6).
    """
    fours, rest = divmod(number, 4)
    rank = 3 * fours + rest
    if rest == 3 or rank >= _IPV4_CLIENTS:
        high, low = divmod(number, 0x10000)
        return f"2001:db8::{high:x}:{low:x}" if high else f"2001:db8::{low:x}"
    host, net = divmod(rank, len(_IPV4_NETS))
    return f"{_IPV4_NETS[net]}.{host + 1}"


def flooder(number: int) -> str:
    """Return the address of an attacker, from 0; it belongs to no client, and repeats after 50 others."""
    return f"{_IPV4_NETS[-1]}.{_IPV4_HOSTS + 1 + number % _FLOOD_HOSTS}"
