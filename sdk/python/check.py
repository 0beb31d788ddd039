"""Whether this package can be published: tests, types, format; builds it, installs it from what was built, and tests that.

    python3 check.py

Needs Python 3.11 and PyPI; compares with the bindings that `componentize-py` generates where that program is in PATH.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIT = HERE.parent.parent / "wit"
TOOLS = ["build==1.6.1", "mypy==2.4.1", "ruff==0.17.6"]
IN_WHEEL = ["bailiwick/__init__.py", "bailiwick/py.typed", "bailiwick_sdk-0.1.0.dist-info/licenses/LICENSE"]
IN_SDIST = [
    "bailiwick_sdk-0.1.0/src/bailiwick/py.typed",
    "bailiwick_sdk-0.1.0/README.md",
    "bailiwick_sdk-0.1.0/LICENSE",
]

EVERYTHING = """
package check:everything;
world everything {
  include bailiwick:worlds/agent-tool@0.1.0;
  import bailiwick:progress/progress@0.1.0;
  import bailiwick:key-value/key-value@0.1.0;
  import bailiwick:tools/call-tool@0.1.0;
  import bailiwick:content/types@0.1.0;
}
"""


def main() -> None:
    """All checks, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        source = scratch / "source"
        shutil.copytree(HERE, source, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        say("unit tests")
        run([sys.executable, "-m", "unittest"], source / "tests")
        tools = new_environment(scratch / "tools", TOOLS)
        check_types(tools, source, scratch)
        say("build")
        run([tools / "python", "-m", "build", "--outdir", scratch / "dist", source], scratch)
        wheel = only(scratch / "dist", "*.whl")
        check_contents(wheel, only(scratch / "dist", "*.tar.gz"))
        check_installed(wheel, source, scratch, tools)
    say("can be published")


def check_types(tools: Path, source: Path, scratch: Path) -> None:
    """Types and format of the sources; and that generated bindings are what the SDK takes them for."""
    say("format and types")
    run([tools / "ruff", "check", "."], source)
    run([tools / "ruff", "format", "--check", "."], source)
    check_mypy(tools, source, ["src", "tests/fake", "tests"], ["src", "tests"])
    generator = shutil.which("componentize-py")
    if generator is None:
        say("no componentize-py in PATH: not compared with the bindings that it generates")
        return
    say("generated bindings")
    everything = scratch / "everything.wit"
    everything.write_text(EVERYTHING)
    packages = ["log", "clock", "random", "progress", "key-value", "tools", "content", "files", "http", "worlds"]
    paths = [word for path in [*(WIT / package for package in packages), everything] for word in ("-d", path)]
    bindings = scratch / "bindings"
    run([generator, "-q", *paths, "-w", "check:everything/everything", "bindings", bindings], scratch)
    check_mypy(tools, source, ["src", str(bindings)], ["--follow-imports=silent", "tests/bindings_fit.py"])


def check_mypy(tools: Path, source: Path, path: list[str], words: list[str]) -> None:
    """Runs mypy with these folders as the places of modules."""
    run([tools / "mypy", "--strict", *words], source, MYPYPATH=os.pathsep.join(path))


def check_contents(wheel: Path, sdist: Path) -> None:
    """What a user gets is in both."""
    say("contents")
    with zipfile.ZipFile(wheel) as archive:
        require(IN_WHEEL, archive.namelist(), wheel)
    with tarfile.open(sdist) as archive:
        require(IN_SDIST, archive.getnames(), sdist)


def check_installed(wheel: Path, source: Path, scratch: Path, tools: Path) -> None:
    """The built package, installed where nothing else is: it imports, passes the tests, and brings its types along."""
    say("install")
    user = new_environment(scratch / "user", [str(wheel)])
    run([user / "python", "-c", "import bailiwick; assert 'site-packages' in bailiwick.__file__"], scratch)
    tests = scratch / "tests"
    shutil.copytree(source / "tests", tests)
    run([user / "python", "-m", "unittest"], tests)
    program = scratch / "program.py"
    program.write_text("import bailiwick\n\nTEXT: str = bailiwick.read_text('a')\n")
    run([tools / "mypy", "--strict", "--python-executable", user / "python", program], scratch)


def new_environment(folder: Path, packages: list[str]) -> Path:
    """A virtual environment with these packages; the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([programs / "python", *install, *packages], folder)
    return programs


def run(words: list[str | Path], folder: Path, **variables: str) -> None:
    """Runs a program, and ends with what it printed if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [str(word) for word in words]
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout.decode(errors='replace')}")


def require(expected: list[str], names: list[str], archive: Path) -> None:
    """Ends where one of the expected names is not there."""
    missing = sorted(set(expected) - set(names))
    if missing:
        sys.exit(f"{archive.name} lacks {', '.join(missing)}")


def only(folder: Path, pattern: str) -> Path:
    """The one file of that pattern."""
    [path] = folder.glob(pattern)
    return path


def say(step: str) -> None:
    """One line for what is done now."""
    print(f"sdk/python: {step}", flush=True)


if __name__ == "__main__":
    main()
