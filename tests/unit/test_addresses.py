import pytest

from cabinet.domain.addresses import network_of
from cabinet.domain.permissions import Visitor


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_address_counts_as_its_home_and_an_ipv4_one_as_itself(address: str, network: str) -> None:
    assert network_of(address) == network
    assert Visitor("", address).network == network
