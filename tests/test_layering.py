"""Packages import downwards only, no import goes in a circle, and each library has its place."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Lowest first. A package imports only from itself and from those before it.
ORDER = [
    "errors",
    "typing",
    "checks",
    "paths",
    "runtime",
    "jobs",
    "engine",
    "kernels",
    "images",
    "checkpoints",
    "class_map",
    "transposed_convolution",
    "scenes",
    "networks",
    "datasets",
    "upsampling",
    "training",
    "segmentation",
    "facts",
    "cli",
    "plots",
    "ui",
]
STANDALONE = {"__init__", "__main__"}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path
    for folder in ("fcnlib", "benchmarks", "pages")
    for path in (ROOT / folder).rglob("*.py")
} | {"app": ROOT / "app.py"}


def type_checking_only(tree):
    """Return the nodes that only type checkers read."""
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {id(inner) for block in blocks for inner in ast.walk(block)}


def imported(path):
    """Yield each name that a file imports when it runs, in full: ``fcnlib.kernels.KERNELS``."""
    tree = ast.parse(path.read_text())
    ignored = type_checking_only(tree)
    for node in ast.walk(tree):
        if id(node) in ignored:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dependencies(path):
    """Return the modules of this project that a file imports."""
    found = set()
    for name in imported(path):
        parent = name.rpartition(".")[0]
        found |= {next((module for module in (name, parent) if module in MODULES), "")}
    return found - {""}


def package_of(module):
    return module.split(".")[1] if module.startswith("fcnlib.") else module


def knows(path, *libraries):
    return {
        name
        for name in imported(path)
        for library in libraries
        if f"{name}.".startswith(f"{library}.")
    }


def layer(module):
    return {"ui": "ui", "plots": "plots", "pages": "pages", "app": "pages"}.get(
        package_of(module).split(".")[0], "core"
    )


LIBRARY = {name: path for name, path in MODULES.items() if name.startswith("fcnlib.")}
CORE = {name: path for name, path in LIBRARY.items() if layer(name) == "core"}
PLOTS = {name: path for name, path in LIBRARY.items() if layer(name) == "plots"}
UI = {name: path for name, path in LIBRARY.items() if layer(name) == "ui"}
PAGES = {name: path for name, path in MODULES.items() if layer(name) == "pages"}


def test_the_order_names_every_package():
    entries = {path.stem for path in (ROOT / "fcnlib").iterdir() if path.suffix == ".py"}
    entries |= {path.parent.name for path in (ROOT / "fcnlib").glob("*/__init__.py")}
    assert entries - STANDALONE == set(ORDER)


def test_few_modules_lie_outside_a_package():
    assert len([path for path in (ROOT / "fcnlib").glob("*.py")]) <= 10


@pytest.mark.parametrize("module", LIBRARY)
def test_imports_point_downwards(module):
    if package_of(module) in STANDALONE:
        return
    rank = ORDER.index(package_of(module))
    higher = [
        name
        for name in dependencies(MODULES[module])
        if name != "fcnlib" and ORDER.index(package_of(name)) > rank
    ]
    assert not higher


def test_no_import_goes_in_a_circle():
    graph = {name: dependencies(path) - {"fcnlib"} for name, path in MODULES.items()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", CORE)
def test_the_core_knows_neither_interface_nor_figures(module):
    assert not knows(CORE[module], "streamlit", "plotly")


@pytest.mark.parametrize("module", PLOTS)
def test_figures_do_not_know_streamlit(module):
    assert not knows(PLOTS[module], "streamlit")


@pytest.mark.parametrize("module", UI)
def test_the_interface_draws_no_figures_of_its_own(module):
    assert not knows(UI[module], "plotly")


@pytest.mark.parametrize("module", PAGES)
def test_pages_do_no_arithmetic_and_no_plotting(module):
    assert not knows(PAGES[module], "numpy", "plotly", "tensorflow", "skimage", "PIL", "scipy")


@pytest.mark.parametrize("module", PAGES)
def test_pages_are_short_and_rename_nothing(module):
    source = PAGES[module].read_text()
    assert len(source.splitlines()) <= 80
    aliases = [
        alias.asname
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname
    ]
    assert set(aliases) <= {"st"}


@pytest.mark.parametrize("module", LIBRARY)
def test_tensorflow_is_imported_in_one_place(module):
    if module != "fcnlib.runtime":
        assert not knows(LIBRARY[module], "tensorflow", "tf_slim")


@pytest.mark.parametrize("module", LIBRARY)
def test_only_downloads_and_the_client_of_the_cluster_open_connections(module):
    if module not in {
        "fcnlib.engine.ray",
        "fcnlib.images.fetching",
        "fcnlib.images.transport",
        "fcnlib.checkpoints.downloads",
    }:
        assert not knows(LIBRARY[module], "requests", "urllib.request", "urllib3", "http.client")


def test_importing_every_core_module_stays_light():
    modules = [name for name in CORE if not name.endswith("__main__")]
    code = (
        f"import sys, importlib\nfor name in {modules}: importlib.import_module(name)\n"
        "assert not {'tensorflow', 'tf_slim', 'streamlit', 'plotly'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
