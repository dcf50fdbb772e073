"""The network of a host against the slow way by the standard library."""

from hypothesis import given
from hypothesis import strategies as st

from http_monitor.addresses import network_name
from tests.reference.requests import network_of

_NUMBER = st.sampled_from(
    ("0", "1", "9", "01", "10", "99", "100", "199", "249", "250", "255", "256", "300", "", "a", "-1")
)
_DOTTED = st.lists(_NUMBER, min_size=3, max_size=5).map(".".join)
_ADDRESS = st.ip_addresses().map(str)
_BEHIND = st.sampled_from(("", "\n", " ", ".", ":80", "%1"))


@given(before=st.sampled_from(("", "::ffff:", " ")), host=_DOTTED | _ADDRESS, behind=_BEHIND)
def test_a_host_is_of_the_network_that_the_slow_reader_says(before: str, host: str, behind: str) -> None:
    text = (before + host + behind).encode()

    assert network_name(text) == network_of(text)
