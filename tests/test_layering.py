"""The layers may import downwards only: pages > ui > plots > core."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fcnlib"
CORE = [
    path
    for path in PACKAGE.rglob("*.py")
    if not {"ui", "plots"} & set(path.relative_to(PACKAGE).parts)
]
PLOTS = sorted((PACKAGE / "plots").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]


def imported(path):
    """Yield every module that a file imports, in full: ``fcnlib.ui`` for both spellings."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def knows(path, *modules):
    return {
        name for name in imported(path) for module in modules if f"{name}.".startswith(f"{module}.")
    }


def label(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CORE, ids=label)
def test_the_core_knows_neither_interface_nor_figures(path):
    assert not knows(path, "streamlit", "plotly", "fcnlib.ui", "fcnlib.plots")


@pytest.mark.parametrize("path", PLOTS, ids=label)
def test_figures_do_not_know_the_interface(path):
    assert not knows(path, "streamlit", "fcnlib.ui")


@pytest.mark.parametrize("path", sorted((PACKAGE / "ui").rglob("*.py")), ids=label)
def test_the_interface_draws_no_figures_of_its_own(path):
    """Plotly's types may be named, in a block that only type checkers read."""
    plotted = knows(path, "plotly")
    assert not plotted or "if TYPE_CHECKING:\n    import plotly" in path.read_text()


@pytest.mark.parametrize("path", PAGES, ids=label)
def test_pages_do_no_arithmetic_and_no_plotting(path):
    assert not knows(path, "numpy", "plotly", "tensorflow", "skimage", "PIL", "scipy")


@pytest.mark.parametrize("path", [*CORE, *PLOTS], ids=label)
def test_tensorflow_is_imported_in_one_place(path):
    if path.name != "runtime.py":
        assert not knows(path, "tensorflow", "tf_slim")


@pytest.mark.parametrize("path", [*CORE, *PLOTS], ids=label)
def test_only_the_fetching_of_pictures_and_weights_opens_connections(path):
    fetchers = {"fetching.py", "transport.py", "downloads.py"}
    if path.name not in fetchers:
        assert not knows(path, "requests", "urllib.request", "urllib3", "http.client")


def test_importing_fcnlib_stays_light():
    heavy = {"tensorflow", "tf_slim", "keras", "streamlit", "plotly"}
    code = f"import sys, fcnlib; assert not {heavy} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_importing_every_core_module_stays_light():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in CORE
        if path.name != "__main__.py"
    ]
    code = (
        f"import sys, importlib\nfor name in {modules}: importlib.import_module(name)\n"
        "assert not {'tensorflow', 'tf_slim', 'streamlit', 'plotly'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
