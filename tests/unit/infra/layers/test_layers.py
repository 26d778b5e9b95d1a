"""The locks, the layers cut from them, and what each function finds in its layer."""

import ast
import hashlib
import importlib
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import sklearn
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tiktoken_ext import openai_public

from infra import encodings
from infra.layers import build, bytecode, functions
from infra.layers.lock import MACHINES, NotLocked, lambda_environment, subset
from infra.layers.prune import FOLDERS, prune, size
from tests.cfn import load_template
from tests.places import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
RESOURCES = load_template(ROOT / "template.yaml")["Resources"]
LAYER_OF = {
    resource["Properties"]["Handler"]: [layer["Ref"] for layer in resource["Properties"]["Layers"]]
    for resource in RESOURCES.values()
    if resource["Type"] == "AWS::Serverless::Function"
}
ENVIRONMENT = lambda_environment("x86_64")


def pins(lock):
    found = {}
    for line in re.findall(r"^([\w.-]+==[^\\\s]+)", lock, re.MULTILINE):
        name, _, version = line.partition("==")
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


# The locks


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-sam.lock"])
def test_a_lock_names_packages_and_hashes_and_no_host_or_path(name):
    pin = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.+!]+( ; [^\\/:@]+)? \\")
    sha = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    for line in (ROOT / name).read_text().splitlines():
        assert pin.fullmatch(line) or sha.fullmatch(line), line


def asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    return [*project["project"]["dependencies"], *groups["dev"]]


def test_everything_the_project_asks_for_is_locked_in_a_version_it_accepts():
    locked = pins(LOCK)
    for text in asked_for():
        wanted = Requirement(text)
        versions = locked[canonicalize_name(wanted.name)]
        assert all(wanted.specifier.contains(version) for version in versions), text


def test_every_library_that_is_imported_is_asked_for_by_name():
    sources = [
        source
        for folder in ("functions", "infra", "shared", "tests")
        for source in (ROOT / folder).rglob("*.py")
        # `make fuzz` and `make tuner` install their own.
        if source.parent.name not in ("fuzz", "export", "recipe", "worker", "tuner")
    ]
    packages = {name.partition(".")[0] for source in sources for name in imported(source)}
    ours = {"econchatr", "functions", "infra", "shared", "tests"}
    names = {canonicalize_name(Requirement(text).name) for text in asked_for()}
    assert distributions(packages - ours - set(sys.stdlib_module_names)) <= names


def test_an_exported_recipe_asks_for_what_it_imports():
    recipe = ROOT / "infra" / "local" / "provider" / "training" / "recipe"
    packages = {
        name.partition(".")[0] for path in recipe.glob("*.py") for name in imported(path)
    } - set(sys.stdlib_module_names)
    own = {path.stem for path in recipe.glob("*.py")}
    lines = (recipe / "requirements.txt").read_text().splitlines()
    assert packages - own <= {Requirement(line).name for line in lines}


# What a layer installs


def test_a_layer_gets_what_its_roots_depend_on_and_nothing_else():
    assert set(pins(subset(LOCK, ["pandas"], ENVIRONMENT))) == {
        "numpy",
        "pandas",
        "python-dateutil",
        "six",
    }


def test_markers_are_judged_for_lambda_and_not_for_the_python_that_builds():
    lock = (
        "six==1.16.0 ; python_full_version < '3.13' \\\n    --hash=sha256:aa\n"
        "six==1.17.0 ; python_full_version >= '3.13' \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    )
    assert subset(lock, ["six"], ENVIRONMENT) == "six==1.17.0 --hash=sha256:bb --hash=sha256:cc\n"


def test_a_root_that_the_lock_does_not_have_stops_the_build():
    with pytest.raises(NotLocked, match=r"requirements\.lock has no six"):
        subset("", ["six"], ENVIRONMENT)


def test_a_root_that_is_not_installed_stops_the_build():
    with pytest.raises(NotLocked, match="no-such-package is not installed"):
        subset(LOCK, ["no-such-package"], ENVIRONMENT)


@pytest.mark.parametrize("arch", MACHINES)
def test_every_layer_can_be_cut_from_the_lock(arch):
    for roots in build.LAYERS.values():
        names = set(pins(subset(LOCK, roots, lambda_environment(arch))))
        assert {canonicalize_name(root) for root in roots} <= names


def test_wheels_older_than_the_newest_accepted_are_accepted_too():
    tags = build.platforms("arm64")
    assert tags[0] == "manylinux_2_28_aarch64"
    assert {"manylinux_2_17_aarch64", "manylinux2014_aarch64"} <= set(tags)


def test_a_layer_that_would_not_leave_room_for_a_function_is_refused(tmp_path, monkeypatch):
    def install_too_much(requirements, arch, packages):
        packages.mkdir(parents=True)
        (packages / "large.bin").write_bytes(bytes(2_000))

    monkeypatch.setattr(build, "_install", install_too_much)
    monkeypatch.setattr(build, "USABLE", 1_999)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(
        bytecode, "LAMBDA_PYTHON", f"{sys.version_info.major}.{sys.version_info.minor}"
    )
    with pytest.raises(build.LayerTooLarge, match="2,000 bytes, 1,999 may be used"):
        build.build("Report", "x86_64", tmp_path)


# What is left out of it


def test_pruning_takes_tests_headers_and_service_clients_and_leaves_what_runs(tmp_path):
    kept = [
        "pandas/core/frame.py",
        "pyarrow/lib.cpython-313-x86_64-linux-gnu.so",
        "pyarrow/libarrow.so.2600",
        "pyarrow/libarrow_python.so.2600",
        "pyarrow/libarrow_substrait.so.2600",
    ]
    gone = [
        "bin/f2py",
        "pandas/tests/test_frame.py",
        "pandas/core/__pycache__/frame.cpython-311.pyc",
        "pyarrow/include/arrow/api.h",
        "pyarrow/lib.pyx",
        "pyarrow/_flight.cpython-313-x86_64-linux-gnu.so",
        "pyarrow/_s3fs.cpython-313-x86_64-linux-gnu.so",
        "pyarrow/libarrow_flight.so.2600",
        "pyarrow/libarrow_python.so",
        "pyarrow/libarrow_python.so.2600.1.0",
        "pyarrow/libarrow_s3.so.2600",
    ]
    for name in kept + gone:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    prune(tmp_path)
    files = {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == set(kept)
    assert size(tmp_path) == 5 * len(kept)


def test_nothing_is_pruned_that_the_style_measure_loads():
    importlib.import_module("shared.style.measuring")
    site = Path(sklearn.__file__).parents[1]
    loaded = [
        Path(module.__file__).relative_to(site)
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] in ("numpy", "scipy", "sklearn", "joblib", "threadpoolctl")
        and getattr(module, "__file__", None)
    ]
    assert len(loaded) > 100
    gone = [pattern.removeprefix("**/") for pattern in FOLDERS if pattern != "**/__pycache__"]
    for path in loaded:
        for folder in path.parents:
            assert not any(folder.match(pattern) for pattern in gone), path


# Bytecode


def test_bytecode_is_never_compared_with_the_date_of_its_source(tmp_path, monkeypatch):
    running = ".".join(str(part) for part in sys.version_info[:2])
    monkeypatch.setattr(bytecode, "LAMBDA_PYTHON", running)
    (tmp_path / "module.py").write_text("answer = 42\n")
    bytecode.compile_tree(tmp_path, "/opt/python")
    compiled = next(tmp_path.glob("__pycache__/module.*.pyc")).read_bytes()
    assert int.from_bytes(compiled[4:8], "little") == 0b01  # PEP 552: hash-based, unchecked
    assert b"/opt/python/module.py" in compiled


def test_without_lambdas_python_nothing_is_built(tmp_path, monkeypatch):
    monkeypatch.setattr(bytecode, "LAMBDA_PYTHON", "2.0")
    with pytest.raises(bytecode.NoLambdaPython, match=r"no python2.0 that runs is on PATH"):
        bytecode.compile_tree(tmp_path, "/opt/python")


def test_a_function_carries_code_data_files_and_lambdas_bytecode_alone(tmp_path, monkeypatch):
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    monkeypatch.setattr(bytecode, "LAMBDA_PYTHON", here)
    monkeypatch.chdir(ROOT)
    functions.build(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"functions", "shared"}
    assert (tmp_path / "shared" / "catalogue" / "catalogue.yaml").is_file()
    compiled = {path.name.split(".")[0] for path in tmp_path.rglob("*.pyc")}
    assert compiled == {path.stem for path in tmp_path.rglob("*.py")}


# Vocabularies


def test_tiktoken_reads_its_vocabulary_from_the_directory_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(encodings.cache_dir(tmp_path)))
    assert len(openai_public.cl100k_base()["mergeable_ranks"]) == 100_256


def test_a_damaged_vocabulary_is_replaced_and_an_intact_one_is_left_alone(tmp_path):
    encodings.cache_dir(tmp_path)
    first, second = sorted(tmp_path.iterdir())
    intact, before = first.read_bytes(), second.stat()
    first.write_bytes(b"damaged")
    encodings.cache_dir(tmp_path)
    assert first.read_bytes() == intact
    assert (second.stat().st_ino, second.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_a_vocabulary_that_tiktoken_would_not_accept_is_never_written(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "_packaged", lambda encoding: b"something else")
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(encodings.WrongVocabulary, match=f"o200k_base has SHA-256 {found}"):
        encodings.cache_dir(tmp_path)
    assert not list(tmp_path.iterdir())


# Each function and its layer


def source_of(module):
    """The file that importing `module` runs, or None when it is none of the project's."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def imported(source):
    """Names of the modules that the file imports, and of what it may be importing from them."""
    for node in run_nodes(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def run_nodes(node):
    """All nodes below `node` but those that only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from run_nodes(child)


def reached(handler):
    """Top-level packages from outside that `handler` and all it imports of the project need."""
    outside, seen, waiting = set(), set(), [handler.removesuffix(".handler")]
    while waiting:
        name = waiting.pop()
        package = name.partition(".")[0]
        if package not in functions.PACKAGES:
            outside.add(package)
        elif name not in seen:
            seen.add(name)
            source = source_of(name)
            waiting += [*(imported(source) if source else ()), name.rpartition(".")[0] or package]
    return outside - set(sys.stdlib_module_names)


def roots_of(handler):
    return {
        canonicalize_name(root)
        for layer in LAYER_OF[handler]
        for root in build.LAYERS[layer.removesuffix("Layer")]
    }


def distributions(packages):
    by_package = packages_distributions()
    return {
        canonicalize_name(name)
        for package in packages
        for name in by_package.get(package, [package])
    }


@pytest.mark.parametrize("handler", LAYER_OF)
def test_a_function_finds_every_library_it_imports_in_its_layer(handler):
    installed = set(pins(subset(LOCK, roots_of(handler), ENVIRONMENT)))
    assert distributions(reached(handler)) <= installed


@pytest.mark.parametrize("layer", build.LAYERS)
def test_a_layer_holds_no_library_that_none_of_its_functions_imports(layer):
    handlers = [handler for handler, layers in LAYER_OF.items() if f"{layer}Layer" in layers]
    used = set().union(*(distributions(reached(handler)) for handler in handlers))
    assert used >= {canonicalize_name(root) for root in build.LAYERS[layer]}


def test_the_template_has_exactly_the_layers_that_can_be_built():
    layers = {
        name for name, resource in RESOURCES.items() if resource["Type"].endswith("LayerVersion")
    }
    assert layers == {f"{layer}Layer" for layer in build.LAYERS}
    assert all(len(layers_of) == 1 for layers_of in LAYER_OF.values())
