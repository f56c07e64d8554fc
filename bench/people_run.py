"""The crowd of `bench/people.py` replayed on a fresh shop: how many are found, and what comparing one contact costs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bench import people
from bench.shop import Database, House

if TYPE_CHECKING:
    from app.access import Person

SEEDS = {"postgresql": (101, "one"), "sqlite": (102, "other")}
"""Never used while the matching was tuned (1 to 5 were); the second voice has words that it was not tuned with."""
ROUTES = {"messenger": 60, "public": 60, "phone": 60}


def measure(house: House, database: Database, *, count: int = people.PEOPLE) -> dict[str, Any]:
    """Replay one crowd and return what was found and missed, and the CPU milliseconds for each contact compared."""
    from app.config import Settings  # noqa: PLC0415 - reads no environment at import, but takes a second
    from app.db import db  # noqa: PLC0415 - as above
    from app.factory import create_core  # noqa: PLC0415 - as above

    seed, voice = SEEDS[database]
    shop = house.shop(database)
    with create_core(Settings.from_environment(shop.environment)).app_context():
        from bench import people_replay  # noqa: PLC0415 - as above

        by, team = _set_up()
        replay = people_replay.Replay(
            people.crowd(seed=seed, people=count, voice=voice), by, team, seed, server=house.cluster.cpu
        )
        younger: set[int] = set()
        replay.run(between=lambda _replay: younger.update(people_replay.younger()))
        found = people_replay.judged(replay)
        db.session.remove()
        db.engine.dispose()
    house.drop(shop)
    return {
        "seed": seed,
        "voice": voice,
        "people": count,
        "contacts": len(replay.arrived),
        **found.told(),
        "younger": len(younger),
        "missed": found.missed() + (["the oldest unanswered message"] if younger else []),
        "compare_ms": round(replay.seconds * 1000 / max(replay.compared, 1), 2),
        "server_ms": round(replay.server_seconds * 1000 / max(replay.compared, 1), 2),
    }


def _set_up() -> tuple[Person, int]:
    """Aim for something on every route, and return who looks at the banners, and a team for the channels."""
    from sqlalchemy import select  # noqa: PLC0415 - as above

    from app.db import db  # noqa: PLC0415 - as above
    from app.desk import aims, rulebook  # noqa: PLC0415 - as above
    from app.models import Agent, Role, Team  # noqa: PLC0415 - as above
    from app.signin import person_by_id  # noqa: PLC0415 - as above

    at: datetime = people.BEGAN
    for route, minutes in ROUTES.items():
        rulebook.write_policy(
            None,
            name=route,
            route=route,
            calendar_id=aims.newest_hours(None).calendar_id,
            targets={"first": {"normal": minutes}, "next": {"normal": 2 * minutes}},
            valid_from=aims.BEGINNING,
            at=at,
        )
    admin = person_by_id(db.session.scalars(select(Agent.id).where(Agent.role == Role.ADMIN)).first() or 0)
    team = db.session.scalars(select(Team.id).order_by(Team.id)).first()
    assert admin
    assert team
    return admin, team
