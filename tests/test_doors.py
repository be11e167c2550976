"""Only certain modules access the network, decode pictures, or pass pictures to the browser."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [*ROOT.glob("*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("fcnlib/**/*.py")]
SOURCES = sorted(path.relative_to(ROOT).as_posix() for path in FILES)

# Visitors do not choose the addresses of the weights, so `requests` may be used for these, nor
# the address of the cluster.
CLIENTS = {
    "fcnlib/engine/ray.py": {"socket", "ssl", "http"},
    "fcnlib/images/public_addresses.py": {"socket"},
    "fcnlib/images/transport.py": {"socket", "ssl", "http"},
    "fcnlib/images/fetching.py": {"ssl", "http"},
    "fcnlib/checkpoints/downloads.py": {"requests", "urllib3"},
}
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "socket", "ssl", "urllib3", "wget"}
OPENERS = {"imread", "imread_collection", "urlopen", "urlretrieve", "load_img", "get_file"}


@pytest.fixture(params=SOURCES)
def source(request):
    return request.param


@pytest.fixture
def tree(source):
    return ast.parse((ROOT / source).read_text())


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def calls(tree):
    """Yield (dotted name, call) for each call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_f20_only_modules_that_download_import_network_libraries(source, tree):
    assert NETWORK & set(imported(tree)) <= CLIENTS.get(source, set())


def test_f20_only_the_decoding_module_opens_pictures(source, tree):
    names = {name for name, _ in calls(tree)}
    assert not OPENERS & {name.split(".")[-1] for name in names}
    assert source == "fcnlib/images/decoding.py" or "Image.open" not in names


def test_o4_streamlit_never_gets_a_string_instead_of_a_picture(tree):
    """`st.image` treats a string as a file on the server or as an address."""
    for name, call in calls(tree):
        if name.endswith(".image") and call.args:
            assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr)
