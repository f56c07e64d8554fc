"""A shop to measure: set up once through the real command line, then copied for every run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench import cpu
from bench.cluster import Cluster
from tests.servers.redis import Redis

Database = Literal["postgresql", "sqlite"]
FADEN = str(Path(sys.executable).with_name("faden"))
SHOP = Path(__file__).with_name("shop.yml")
CHANNEL = "Service"
PASSWORD = "nur-zum-messen-" + "7" * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One database with its data folder, and the settings that lead there."""

    folder: Path
    database_url: str
    environment: Mapping[str, str]


class House:
    """The servers and the templates all runs share."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faden-bench-"))
        self.cluster = Cluster()
        self.redis = Redis()
        self._made = 0
        self._template("postgresql")
        self._template("sqlite")

    def close(self) -> None:
        self.redis.close()
        self.cluster.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def shop(self, database: Database) -> Shop:
        """Return a fresh copy of the shop on this database."""
        self._made += 1
        folder = self.folder / f"shop-{self._made}"
        folder.mkdir()
        self.redis.empty()
        if database == "postgresql":
            url = self.cluster.create(folder.name, template="shop")
            self.cluster.rest()
        else:
            shutil.copyfile(self.folder / "template" / "faden.db", folder / "faden.db")
            url = f"sqlite:///{folder / 'faden.db'}"
        return Shop(folder=folder, database_url=url, environment=self._environment(folder, url))

    def drop(self, shop: Shop) -> None:
        shutil.rmtree(shop.folder)
        if shop.database_url.startswith("postgresql"):
            self.cluster.drop(shop.folder.name)

    def faden(self, shop: Shop, *arguments: str) -> cpu.Spent:
        """Run one command of the product to its end."""
        return cpu.run([FADEN, *arguments], environment=shop.environment, folder=shop.folder)

    def _template(self, database: Database) -> None:
        folder = self.folder / "template"
        folder.mkdir(exist_ok=True)
        (folder / "password").write_text(PASSWORD)
        shutil.copyfile(SHOP, folder / "shop.yml")
        is_postgresql = database == "postgresql"
        url = self.cluster.create("shop") if is_postgresql else f"sqlite:///{folder / 'faden.db'}"
        template = Shop(folder=folder, database_url=url, environment=self._environment(folder, url))
        self.faden(template, "db", "upgrade")
        self.faden(template, "config", "apply", str(folder / "shop.yml"))

    def _environment(self, folder: Path, url: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FADEN_")}
        return kept | {
            "FADEN_DATA_DIR": str(folder),
            "FADEN_DATABASE_URL": url,
            "FADEN_REDIS_URL": self.redis.url,
            "FADEN_LOG": "error",
        }
