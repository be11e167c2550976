import socket
import ssl

import pytest
import trustme
from support.failures import picture_error
from support.servers import Server, answer, redirect

from fcnlib.images import transport
from fcnlib.images.fetching import fetch

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Return a folder with a certificate for img.test, its key and its certificate authority."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    issued = authority.issue_cert("img.test")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "img.pem"))
    return folder


@pytest.fixture
def https(certificates, monkeypatch):
    """Start an https server for img.test that receives every connection to any host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "img.pem")
    requested_names = []
    context.sni_callback = lambda _socket, name, _context: requested_names.append(name)
    routes = {"/cat.png": answer(PICTURE), "/plain": redirect("http://img.test/cat.png")}
    with Server(routes, tls=context) as server:
        server.requested_names = requested_names
        connect = socket.create_connection
        monkeypatch.setattr(transport, "resolve", lambda *_: ["93.184.215.14"])
        monkeypatch.setattr(
            socket,
            "create_connection",
            lambda _, timeout: connect(("127.0.0.1", server.port), timeout),
        )
        yield server


def test_f6_certificate_and_request_use_the_host_name(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    assert fetch("https://img.test/cat.png") == PICTURE
    assert https.requested_names == ["img.test"]
    assert "Host: img.test\r\n" in https.heads[0]


def test_f6_a_certificate_for_another_name_is_refused(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    with picture_error("bad_certificate"):
        fetch("https://other.test/cat.png")
    assert https.heads == []


def test_f6_a_certificate_from_an_unknown_authority_is_refused(https):
    with picture_error("bad_certificate"):
        fetch("https://img.test/cat.png")
    assert https.heads == []


def test_f16_a_redirect_from_https_to_http_is_refused(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    with picture_error("insecure_redirect"):
        fetch("https://img.test/plain")
    assert len(https.heads) == 1
