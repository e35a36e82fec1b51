"""What the browser loads is what `frontend/` builds, and nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "courseplatform" / "static" / "courseplatform"
MANIFEST: dict[str, dict[str, str]] = json.loads((FRONTEND / "manifest.json").read_text())
TEMPLATES = [*ROOT.glob("courseplatform/templates/**/*.html"), *ROOT.glob("assignments/templates/**/*.html")]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_built_file_is_the_one_the_manifest_names() -> None:
    found = {path.relative_to(STATIC / "build").as_posix(): digest(path) for path in (STATIC / "build").rglob("*.*")}
    assert found == MANIFEST["built"]


def test_the_bundle_was_built_from_the_sources_as_they_are() -> None:
    found = {name: digest(FRONTEND / name) for name in MANIFEST["sources"]}
    assert found == MANIFEST["sources"], "run `npm ci && npm run build` in frontend/"
    sources = {path.relative_to(FRONTEND).as_posix() for path in (FRONTEND / "src").rglob("*.*")}
    assert sources <= set(MANIFEST["sources"])


def test_the_lock_names_no_registry() -> None:
    lock = (FRONTEND / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_licences_of_everything_bundled_stand_beside_it() -> None:
    licences = (ROOT / "THIRD_PARTY_LICENSES").read_text()
    for name in json.loads((FRONTEND / "package.json").read_text())["dependencies"]:
        assert f"\n{name} " in licences


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_carry_nothing_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", sorted(STATIC.glob("css/*.css")), ids=lambda path: path.name)
def test_style_sheets_name_colours_only_as_tokens(path: Path) -> None:
    text = path.read_text()
    assert "http" not in text
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", text)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (STATIC / "css" / "tokens.css").read_text()
    )
}
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "muted", "accent", "good", "bad", "wait") for ground in ("bg", "surface")),
    *((f"syn-{name}", "code-bg") for name in ("keyword", "string", "number", "comment", "name")),
    *((f"syn-{name}", "code-line") for name in ("keyword", "string", "number", "comment", "name")),
    *((tone, f"{tone}-soft") for tone in ("good", "bad", "wait", "accent")),
    ("ink", "good-soft"),
    ("ink", "bad-soft"),
    ("ink", "accent-soft"),
    ("muted", "sunken"),
    ("muted", "code-bg"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(ink: str, ground: str, theme: str) -> None:
    place = 0 if theme == "light" else 1
    assert contrast(TOKENS[ink][place], TOKENS[ground][place]) >= 4.5


@pytest.mark.parametrize("place", [0, 1])
def test_edges_of_fields_stand_out(place: int) -> None:
    assert contrast(TOKENS["line-strong"][place], TOKENS["surface"][place]) >= 3
