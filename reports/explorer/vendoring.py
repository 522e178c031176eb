"""Scripts of others that the page carries, as their registry gave them.

`python -m reports.explorer.vendoring` fetches them again, at the versions below, and writes
`vendored/manifest.json` with the digest of each file; `files` refuses one that was changed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "vendored"
MANIFEST = FOLDER / "manifest.json"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry.

    Args:
        integrity: SHA-512 of its archive, as the registry states it.
        files: what is taken of it, by the name that it gets here.
    """

    name: str
    version: str
    license: str
    integrity: str
    files: dict[str, str]

    @property
    def archive(self) -> str:
        """Where the archive is."""
        return f"https://registry.npmjs.org/{self.name}/-/{self.name}-{self.version}.tgz"


PACKAGES = (
    Package(
        "cephes",
        "3.3.3",
        "BSD-3-Clause",
        "sha512-T4fvJ2wihznDnYOhf40QwKseGdd99ridCEyhp7wBTdr9fGsee2o/Sgy1EehsYjulxxJB0QTAgk6OdjzPq45Row==",
        {"cephes.js": "package/index.js", "cephes.LICENSE": "package/LICENSE"},
    ),
    Package(
        "uplot",
        "1.6.32",
        "MIT",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {
            "uPlot.iife.min.js": "package/dist/uPlot.iife.min.js",
            "uPlot.min.css": "package/dist/uPlot.min.css",
            "uPlot.LICENSE": "package/LICENSE",
        },
    ),
)


def refresh() -> None:
    """Fetch every package and write its files and the manifest.

    Raises:
        ValueError: for an archive that is not the one that is named here.
    """
    FOLDER.mkdir(exist_ok=True)
    digests = {}
    for package in PACKAGES:
        with urllib.request.urlopen(package.archive, timeout=60) as answer:
            content = answer.read()
        found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        if found != package.integrity:
            raise ValueError(f"{package.archive}: is {found}, not {package.integrity}")
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for name, inside in package.files.items():
                member = archive.extractfile(inside)
                assert member is not None, inside
                (FOLDER / name).write_bytes(member.read())
                digests[name] = _digest(FOLDER / name)
    document = {
        package.name: {
            "version": package.version,
            "license": package.license,
            "archive": package.archive,
            "integrity": package.integrity,
            "sha256": {name: digests[name] for name in package.files},
        }
        for package in PACKAGES
    }
    MANIFEST.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=16)
def text(name: str) -> str:
    """A vendored file, if it is what the manifest says.

    Raises:
        ValueError: for a file that was changed.
    """
    known = json.loads(MANIFEST.read_text(encoding="utf-8"))
    digests = {file: digest for one in known.values() for file, digest in one["sha256"].items()}
    path = FOLDER / name
    if _digest(path) != digests[name]:
        raise ValueError(f"{path}: is not the file that {MANIFEST.name} names; refresh it")
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    refresh()
