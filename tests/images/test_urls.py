import pytest
from support.failures import picture_error

from fcnlib.images.urls import MAX_LENGTH, parse


@pytest.mark.parametrize(
    ("url", "scheme", "host", "path"),
    [
        ("http://img.test/cat.jpg", "http", "img.test", "/cat.jpg"),
        ("HTTPS://IMG.TEST", "https", "img.test", "/"),
        ("  https://img.test?x=1  ", "https", "img.test", "/?x=1"),
        ("https://img.test:443/a", "https", "img.test", "/a"),
        ("http://img.test./a", "http", "img.test", "/a"),
        ("http://a_b-c.test/a", "http", "a_b-c.test", "/a"),
        ("http://93.184.215.14/a", "http", "93.184.215.14", "/a"),
        ("http://[2606:2800::1]/a", "http", "2606:2800::1", "/a"),
        ("http://bücher.test/ü", "http", "xn--bcher-kva.test", "/%C3%BC"),
        ("http://img.test/a%20b c?d=é#f", "http", "img.test", "/a%20b%20c?d=%C3%A9"),
        ("http://img.test//a/../b", "http", "img.test", "//a/../b"),
    ],
)
def test_an_address_is_split_into_its_parts(url, scheme, host, path):
    parts = parse(url)
    assert (parts.scheme, parts.host, parts.path) == (scheme, host, path)
    assert parts.port == {"http": 80, "https": 443}[scheme]


@pytest.mark.parametrize(
    ("url", "authority"),
    [("http://img.test:80/", "img.test"), ("https://[2606:2800::1]/", "[2606:2800::1]")],
)
def test_authority_has_brackets_and_no_default_port(url, authority):
    assert parse(url).authority == authority


def test_authority_contains_another_port(monkeypatch):
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    assert parse("http://localhost:8501/").authority == "localhost:8501"


@pytest.mark.parametrize(
    "url",
    ["", "cat.jpg", "img.test/cat.jpg", "ftp://img.test/", "javascript:alert(1)", "//img.test"],
)
def test_other_schemes_are_refused(url):
    with picture_error("bad_address", "https://"):
        parse(url)


@pytest.mark.parametrize("port", ["22", "8080", "443", "0", "00081", "99999"])
def test_other_ports_are_refused(port):
    with picture_error("bad_address", f"{int(port)}", "port 80"):
        parse(f"http://img.test:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///a",
        "http:img.test",
        "http://user@img.test/",
        "http://user:password@img.test/",
        "http://@img.test/",
        "http://img.test:/",
        "http://img.test:80:80/",
        "http://img.test:\uff180/",
        "http://img.test\\@127.0.0.1/",
        "http://img.test/\r\nX: 1",
        "http://img\t.test/",
        "http://img.test\x00/",
        "http://img .test/",
        "http://img..test/",
        "http://.img.test/",
        "http://img.test../",
        "http://%69mg.test/",
        "http://img,a.test/",
        "http://a.b*c.test/",
        "http://[::1/",
        "http://[::1]a/",
        "http://[fe80::1%25eth0]/",
        "http://[img.test]/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://1.2.3.4.5/",
        "http://img.0x1f/",
        "http://\uff11\uff12\uff17.\uff11/",
        "http://ex℀mple.test/",
        f"http://{'a' * 64}.test/",
        "http://" + "a." * 130 + "test/",
    ],
)
def test_malformed_addresses_are_refused(url):
    with picture_error("bad_address", "valid"):
        parse(url)


def test_the_length_of_an_address_is_limited():
    longest = "http://img.test/".ljust(MAX_LENGTH, "a")
    assert len(parse(longest).path) == MAX_LENGTH - len("http://img.test")
    with picture_error("bad_address", "2,048", "2,049"):
        parse(longest + "a")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("b.png", "https://img.test/x/b.png"),
        ("/b.png", "https://img.test/b.png"),
        ("?y=2", "https://img.test/x/a.png?y=2"),
        ("//other.test/b.png", "https://other.test/b.png"),
        ("http://other.test/b.png", "http://other.test/b.png"),
    ],
)
def test_a_redirect_is_resolved_against_the_address(location, expected):
    assert parse("https://img.test/x/a.png?y=1").join(location) == parse(expected)


@pytest.mark.parametrize(
    "location", ["http://127.1/", "/a\r\nX: 1", "\\\\other.test", "http://[::1", "http://a@b.test/"]
)
def test_a_redirect_is_checked_like_an_address(location):
    with picture_error("bad_address", "valid"):
        parse("https://img.test/").join(location)


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("straße.test", "xn--strae-oqa.test"),
        ("βόλος.test", "xn--nxasmm1c.test"),
        ("FAẞ.test", "xn--fa-hia.test"),
        ("www.Bücher.test", "www.xn--bcher-kva.test"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("a_b.ü.test", "a_b.xn--tda.test"),
    ],
)
def test_international_host_names_follow_idna_2008(name, ascii_name):
    """IDNA 2003 gives strasse.test for the first, which may belong to somebody else."""
    assert parse(f"http://{name}/").host == ascii_name


@pytest.mark.parametrize("name", ["☃.test", "💩.test", "a\u2013.test", "\u0301a.test", "א1a.test"])
def test_international_host_names_that_idna_2008_forbids_are_refused(name):
    with picture_error("bad_address", "valid"):
        parse(f"http://{name}/")


INVISIBLE = [
    "\ufeff",
    "\u200b",
    "\xa0",
    "\t",
    "\r\n",
    "\u2060",
    "\u202a",
    "\u2028",
    "\x00",
    "\u3164",
]


@pytest.mark.parametrize("around", INVISIBLE)
def test_invisible_characters_around_an_address_are_removed(around):
    expected = parse("http://img.test/a.png")
    assert parse(f"{around} {around}http://img.test/a.png {around}") == expected


@pytest.mark.parametrize(
    "inside", [*INVISIBLE, "\u202e", "\u200d", "\x7f", "\x85", "\u061c", "\xad"]
)
@pytest.mark.parametrize("url", ["http://img{}.test/a.png", "http://img.test/a{}.png"])
def test_invisible_characters_inside_an_address_are_refused_and_named(url, inside):
    with picture_error("bad_address", f"U+{ord(inside[0]):04X}"):
        parse(url.format(inside))
    with picture_error("bad_address", f"U+{ord(inside[0]):04X}"):
        parse("http://img.test/").join(url.format(inside))


@pytest.mark.parametrize(
    "url",
    [
        "http://img.test/caf\udce9.jpg",
        "http://caf\udce9.test/",
        "http://img.test/?x=\ud800",
        "\udfff",
    ],
)
def test_addresses_that_are_not_valid_unicode_are_refused_and_the_code_is_named(url):
    with picture_error("bad_address", "U+D"):
        parse(url)
