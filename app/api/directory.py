"""Customers, search, channels, teams and agents."""

from __future__ import annotations

from app.access import Person
from app.api import cursors, routes
from app.api.answered import (
    AgentAnswered,
    AgentsAnswered,
    ChannelAnswered,
    ChannelsAnswered,
    CustomerAnswered,
    CustomersAnswered,
    SearchAnswered,
    TeamAnswered,
    TeamsAnswered,
    TicketAnswered,
)
from app.api.asked import CustomersAsked, SearchAsked
from app.finders import customers as people
from app.finders import directory
from app.finders import tickets as lists


@routes.get("/customers", answer=CustomersAnswered, query=CustomersAsked)
def customers(*, person: Person, query: CustomersAsked) -> CustomersAnswered:
    """List customers with a ticket one may see, by a piece of their name or address."""
    before = cursors.row_position("customers", query.cursor)
    found, end = people.page(person, query.q, before=before, limit=query.limit)
    return CustomersAnswered(
        customers=[CustomerAnswered.model_validate(each) for each in found],
        next_cursor=cursors.before_row("customers", end),
    )


@routes.get("/search", answer=SearchAnswered, query=SearchAsked)
def search(*, person: Person, query: SearchAsked) -> SearchAnswered:
    """Find tickets and customers by number, name, address or subject; the last changed first."""
    wanted = lists.Wanted(q=query.q, sort="updated")
    found, _end = lists.page(person, wanted, limit=query.limit)
    known, _end_of_known = people.page(person, query.q, limit=query.limit)
    return SearchAnswered(
        tickets=[TicketAnswered.model_validate(each) for each in found],
        customers=[CustomerAnswered.model_validate(each) for each in known],
    )


@routes.get("/channels", answer=ChannelsAnswered)
def channels(*, person: Person) -> ChannelsAnswered:
    """List the accounts one may speak through, and how they are."""
    found = directory.channels(person)
    return ChannelsAnswered(channels=[ChannelAnswered.model_validate(each) for each in found])


@routes.get("/teams", answer=TeamsAnswered)
def teams(*, person: Person) -> TeamsAnswered:  # noqa: ARG001 - everybody may hand a ticket to any team
    """List the teams with their open tickets."""
    return TeamsAnswered(teams=[TeamAnswered.model_validate(each) for each in directory.teams()])


@routes.get("/agents", answer=AgentsAnswered)
def agents(*, person: Person) -> AgentsAnswered:  # noqa: ARG001 - everybody knows their colleagues
    """List the people who answer and watch."""
    return AgentsAnswered(agents=[AgentAnswered.model_validate(each) for each in directory.agents()])
