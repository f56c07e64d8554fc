"""Commands that need the shop: its database, its settings, and answers when one of them is missing."""

from __future__ import annotations

import errno
import functools
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from app.cli import Refusal

if TYPE_CHECKING:
    from flask import Flask

P = ParamSpec("P")
R = TypeVar("R")

NO_TABLES = ("no such table", "no such column", "does not exist")


def open_shop() -> Flask:
    """Build the application with the means that the root command was given."""
    open_core: Callable[[], Flask] = click.get_current_context().obj
    return open_core()


def in_shop(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the application; unless FADEN_LOG asks for more, only what went wrong is logged."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if "FADEN_LOG" not in os.environ:
            logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
        from obstore.exceptions import BaseError
        from sqlalchemy.exc import DBAPIError

        from app.db import db

        with open_shop().app_context():
            try:
                return command(*args, **kwargs)
            except DBAPIError as error:
                raise Refusal(_words(error.orig)) from error
            except BaseError as error:
                raise Refusal(f"FADEN_BLOBS_URL: the store does not answer as it should: {error}") from error
            except OSError as error:
                # A reader that went away is no news; everything else is, such as a full disk.
                if error.errno == errno.EPIPE:
                    raise
                raise Refusal(f"{error.filename or 'the disk'}: {error.strerror or error}") from error
            finally:
                db.session.remove()
                db.engine.dispose()

    return wrapper


def _words(error: BaseException | None) -> str:
    reason = str(error).strip().split("\n")[0]
    if any(words in reason for words in NO_TABLES):
        return f"The database is not set up for this version, run: faden db upgrade ({reason})"
    return f"The database does not answer as it should: {reason}"
