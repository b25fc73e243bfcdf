"""What is not the open internet's is not public, in whatever form it is written."""

import ipaddress

import pytest

from topup import addresses

NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "2002:c0a8:101::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1", "100::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "193.0.0.1",
    "2606:4700:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("written", NOT_PUBLIC)
def test_what_is_ours_is_not_public(written: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(written))


@pytest.mark.parametrize("written", PUBLIC)
def test_the_open_internet_is_public(written: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(written))


@pytest.mark.parametrize("host", ["example.com", "127.1", "2130706433", "0x7f000001", ""])
def test_what_is_no_plain_address_is_a_name_to_be_resolved(host: str) -> None:
    assert addresses.literal(host) is None
