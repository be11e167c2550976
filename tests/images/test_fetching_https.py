import socket
import ssl

import pytest
import trustme
from support.servers import Server, answer, redirect

from fcnlib.errors import PictureError
from fcnlib.images import transport
from fcnlib.images.fetching import fetch

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A folder with a certificate for img.test, its key and the authority that signed it."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    issued = authority.issue_cert("img.test")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "img.pem"))
    return folder


@pytest.fixture
def https(certificates, monkeypatch):
    """An https server for img.test, to which every name and connection leads."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "img.pem")
    asked = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    routes = {"/cat.png": answer(PICTURE), "/plain": redirect("http://img.test/cat.png")}
    with Server(routes, tls=context) as server:
        server.asked = asked
        connect = socket.create_connection
        monkeypatch.setattr(transport, "resolve", lambda *_: ["93.184.215.14"])
        monkeypatch.setattr(
            socket,
            "create_connection",
            lambda _, timeout: connect(("127.0.0.1", server.port), timeout),
        )
        yield server


def test_the_name_is_kept_for_the_certificate_and_the_request(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    assert fetch("https://img.test/cat.png") == PICTURE
    assert https.asked == ["img.test"]
    assert "Host: img.test\r\n" in https.heads[0]


def test_a_certificate_for_another_name_is_refused(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    with pytest.raises(PictureError, match="could not prove that it is the one") as info:
        fetch("https://other.test/cat.png")
    assert info.value.code == "bad_certificate"
    assert https.heads == []


def test_a_certificate_that_vouches_for_itself_is_refused(https):
    with pytest.raises(PictureError, match="could not prove") as info:
        fetch("https://img.test/cat.png")
    assert info.value.code == "bad_certificate"
    assert https.heads == []


def test_https_does_not_lead_to_http(https, certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))
    with pytest.raises(PictureError, match="to unprotected http") as info:
        fetch("https://img.test/plain")
    assert info.value.code == "insecure_redirect"
    assert len(https.heads) == 1
