"""Reads settings from the environment, typed; a bad value stops the start and names the variable."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


class SettingError(ImproperlyConfigured):
    """A variable of the environment cannot be used; the text names it and says what is wanted."""


def env_text(name: str, default: str | None = None) -> str:
    """A text; without a default the variable is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise SettingError(f"{name}: this variable must be set.")
    return default


def env_bool(name: str, default: bool) -> bool:
    """Yes or no."""
    value = env_text(name, "yes" if default else "no").lower()
    if value not in TRUE | FALSE:
        raise SettingError(f"{name}: write yes or no, not {value!r}.")
    return value in TRUE


def env_number(name: str, default: float, low: float, high: float) -> float:
    """A number between two bounds."""
    text = env_text(name, repr(default))
    try:
        value = float(text)
    except ValueError:
        raise SettingError(f"{name}: write a number between {low:g} and {high:g}, not {text!r}.") from None
    if not low <= value <= high:
        raise SettingError(f"{name}: {text} is not between {low:g} and {high:g}.")
    return value


def env_int(name: str, default: int, low: int, high: int) -> int:
    """A whole number between two bounds."""
    value = env_number(name, default, low, high)
    if value != int(value):
        raise SettingError(f"{name}: write a whole number, not {value:g}.")
    return int(value)


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = env_text(name, default)
    if value not in choices:
        raise SettingError(f"{name}: write one of {', '.join(choices)}, not {value!r}.")
    return value


def env_list(name: str, default: list[str] | None = None) -> list[str]:
    """Texts separated by commas; without a default the variable is required."""
    text = env_text(name, None if default is None else ",".join(default))
    return [item.strip() for item in text.split(",") if item.strip()]


def env_path(name: str, default: Path) -> Path:
    """An absolute path."""
    return Path(env_text(name, str(default))).expanduser().resolve()


def env_secret(name: str, file: Path | None) -> str:
    """A secret of at least 32 characters; where `file` is given it is made there on the first start."""
    value = env_text(name, "")
    if not value and file is not None:
        value = _kept_secret(name, file)
    if not value:
        raise SettingError(f"{name}: this variable must be set; `openssl rand -base64 48` makes a good value.")
    if len(value) < 32:
        raise SettingError(f"{name}: at least 32 characters are needed, found {len(value)}.")
    return value


def _kept_secret(name: str, file: Path) -> str:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Linked into place complete, so that of two processes starting together both read the same.
        draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        if not file.exists():
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise SettingError(f"{name}: no secret could be kept in {file} ({error.strerror}); set the variable.") from None
