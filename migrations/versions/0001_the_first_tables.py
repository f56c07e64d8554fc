"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("weekly_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("region", sa.String(length=24), nullable=False),
        sa.Column("holidays", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("special_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counter",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counter")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("customer_group", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("ix_customer_name", "customer", ["name"], unique=False)
    op.create_index("ix_customer_name_key", "customer", ["name_key"], unique=False)
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("name", name=op.f("uq_policy_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shop_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("shown", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=True),
        sa.Column("customer_reference", sa.String(length=60), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_order_number")),
    )
    op.create_index("ix_shop_order_customer_reference", "shop_order", ["customer_reference"], unique=False)
    op.create_index("ix_shop_order_email", "shop_order", ["email"], unique=False)
    op.create_table(
        "stored_answer",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stored_answer")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "agent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.Enum("agent", "lead", "admin", name="role", native_enum=False, length=24), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("preferences", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("phone_user", sa.String(length=64), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("away_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("can_publish", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_agent_calendar_id_calendar")),
        sa.ForeignKeyConstraint(["deputy_id"], ["agent.id"], name=op.f("fk_agent_deputy_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("email", name=op.f("uq_agent_email")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("receipted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_identity_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("kind", "value", "scope", name=op.f("uq_identity_kind_value_scope")),
    )
    op.create_index(op.f("ix_identity_customer_id"), "identity", ["customer_id"], unique=False)
    op.create_index(
        "ix_identity_value", "identity", ["value"], unique=False, postgresql_ops={"value": "varchar_pattern_ops"}
    )
    op.create_table(
        "name_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_name_part_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_part")),
    )
    op.create_index(op.f("ix_name_part_customer_id"), "name_part", ["customer_id"], unique=False)
    op.create_index(
        "ix_name_part_part",
        "name_part",
        ["part", "customer_id"],
        unique=True,
        postgresql_ops={"part": "varchar_pattern_ops"},
    )
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("weekly_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("region", sa.String(length=24), nullable=False),
        sa.Column("holidays", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("special_hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_version_calendar_id_calendar"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"], name=op.f("fk_calendar_version_made_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("calendar_id", "number", name=op.f("uq_calendar_version_calendar_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "distinction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("one_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_distinction_by_id_agent")),
        sa.ForeignKeyConstraint(["one_id"], ["customer.id"], name=op.f("fk_distinction_one_id_customer")),
        sa.ForeignKeyConstraint(["other_id"], ["customer.id"], name=op.f("fk_distinction_other_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinction")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_distinction_one_id_other_id")),
    )
    op.create_index("ix_distinction_other", "distinction", ["other_id"], unique=False)
    op.create_table(
        "ladder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rungs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"], name=op.f("fk_ladder_made_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder")),
        sa.UniqueConstraint("name", name=op.f("uq_ladder_name")),
    )
    op.create_table(
        "merge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("absorbed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proof", sa.String(length=24), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("moved", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["absorbed_id"], ["customer.id"], name=op.f("fk_merge_absorbed_id_customer")),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_merge_by_id_agent")),
        sa.ForeignKeyConstraint(["kept_id"], ["customer.id"], name=op.f("fk_merge_kept_id_customer")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["agent.id"], name=op.f("fk_merge_undone_by_id_agent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(
        "ix_merge_absorbed",
        "merge",
        ["absorbed_id"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "ix_merge_kept",
        "merge",
        ["kept_id"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("keys", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_push_subscription_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    op.create_index(op.f("ix_push_subscription_agent_id"), "push_subscription", ["agent_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_sign_in_agent_id_agent"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
    )
    op.create_index(op.f("ix_sign_in_agent_id"), "sign_in", ["agent_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_token_agent_id_agent"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    op.create_index(op.f("ix_token_agent_id"), "token", ["agent_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("accept_minutes", sa.Integer(), nullable=False),
        sa.Column("work_minutes", sa.Integer(), nullable=False),
        sa.Column("return_minutes", sa.Integer(), nullable=True),
        sa.Column("ladder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asks_cause", sa.Boolean(), nullable=False),
        sa.Column("causes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_team_calendar_id_calendar")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_team_ladder_id_ladder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("cursor", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_code", sa.String(length=40), nullable=False),
        sa.Column(
            "problem_source",
            sa.Enum(
                "hearing", "sending", "health", "platform", "policy", name="problemsource", native_enum=False, length=24
            ),
            nullable=True,
        ),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_channel_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("name", name=op.f("uq_channel_name")),
    )
    op.create_index(op.f("ix_channel_address"), "channel", ["address"], unique=False)
    op.create_table(
        "membership",
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_membership_agent_id_agent"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_membership_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "team_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_team_id"), "membership", ["team_id"], unique=False)
    op.create_table(
        "policy_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_end", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=24), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tag", sa.String(length=60), nullable=True),
        sa.Column("priority", sa.String(length=24), nullable=True),
        sa.Column("customer_group", sa.String(length=60), nullable=True),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("targets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "holding",
            sa.Enum(
                "own_conversation",
                "stops_first_response",
                "pauses_escalation",
                "ignored",
                name="holdingmode",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("promise_minutes", sa.Integer(), nullable=False),
        sa.Column("counts_third", sa.Boolean(), nullable=False),
        sa.Column("ladder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_policy_version_calendar_id_calendar")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder.id"], name=op.f("fk_policy_version_ladder_id_ladder")),
        sa.ForeignKeyConstraint(["made_by_id"], ["agent.id"], name=op.f("fk_policy_version_made_by_id_agent")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policy_version_policy_id_policy"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_policy_version_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_id", "number", name=op.f("uq_policy_version_policy_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "waiting", "resolved", "joined", name="ticketstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "priority", sa.Enum("normal", "urgent", name="priority", native_enum=False, length=24), nullable=False
        ),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.String(length=200), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("team_count", sa.Integer(), nullable=True),
        sa.Column("contact_count", sa.Integer(), nullable=True),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("soon_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breach_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("oldest_unanswered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("preview", sa.String(length=160), nullable=False),
        sa.Column("preview_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_kind", sa.String(length=24), nullable=False),
        sa.Column("channel_count", sa.Integer(), nullable=False),
        sa.Column(
            "publicity", sa.Enum("public", "overheard", name="publicity", native_enum=False, length=24), nullable=True
        ),
        sa.Column("is_social", sa.Boolean(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["asked_agent_id"], ["agent.id"], name=op.f("fk_ticket_asked_agent_id_agent")),
        sa.ForeignKeyConstraint(["asked_team_id"], ["team.id"], name=op.f("fk_ticket_asked_team_id_team")),
        sa.ForeignKeyConstraint(["assignee_id"], ["agent.id"], name=op.f("fk_ticket_assignee_id_agent")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ticket_customer_id_customer")),
        sa.ForeignKeyConstraint(["joined_into_id"], ["ticket.id"], name=op.f("fk_ticket_joined_into_id_ticket")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ticket_asked",
        "ticket",
        ["asked_team_id", "asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("asked_team_id IS NOT NULL"),
        sqlite_where=sa.text("asked_team_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_asked_agent",
        "ticket",
        ["asked_agent_id"],
        unique=False,
        postgresql_where=sa.text("asked_agent_id IS NOT NULL"),
        sqlite_where=sa.text("asked_agent_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_closed",
        "ticket",
        ["assignee_id", "closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_assignee_queue",
        "ticket",
        ["assignee_id", "queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_awaiting",
        "ticket",
        ["waits_since", "team_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND waits_since IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND waits_since IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_closed",
        "ticket",
        ["closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_ticket_created_at"), "ticket", ["created_at"], unique=False)
    op.create_index(op.f("ix_ticket_customer_id"), "ticket", ["customer_id"], unique=False)
    op.create_index(op.f("ix_ticket_joined_into_id"), "ticket", ["joined_into_id"], unique=False)
    op.create_index(
        "ix_ticket_public",
        "ticket",
        ["team_id", "oldest_unanswered_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL AND publicity IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL AND publicity IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_queue",
        "ticket",
        ["queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_resolved",
        "ticket",
        ["closed_at", "team_id", "cause", "people_count", "team_count", "contact_count", "channel_count", "state"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL AND state = 'resolved'"),
        sqlite_where=sa.text("closed_at IS NOT NULL AND state = 'resolved'"),
    )
    op.create_index(
        "ix_ticket_shared",
        "ticket",
        ["queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND is_shared"),
        sqlite_where=sa.text("closed_at IS NULL AND is_shared"),
    )
    op.create_index(
        "ix_ticket_social",
        "ticket",
        ["queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND is_social"),
        sqlite_where=sa.text("closed_at IS NULL AND is_social"),
    )
    op.create_index(
        "ix_ticket_social_queue",
        "ticket",
        ["team_id", "queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND is_social"),
        sqlite_where=sa.text("closed_at IS NULL AND is_social"),
    )
    op.create_index(
        "ix_ticket_team_closed",
        "ticket",
        ["team_id", "closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_team_queue",
        "ticket",
        ["team_id", "queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_unassigned_queue",
        "ticket",
        ["team_id", "queue_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_uncompared",
        "ticket",
        ["id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND compared_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND compared_at IS NULL"),
    )
    op.create_index(op.f("ix_ticket_updated_at"), "ticket", ["updated_at"], unique=False)
    op.create_index(
        "ix_ticket_waiting",
        "ticket",
        ["team_id", "oldest_unanswered_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL"),
    )
    op.create_table(
        "wallboard",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["agent.id"], name=op.f("fk_wallboard_created_by_id_agent")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_wallboard_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallboard")),
        sa.UniqueConstraint("digest", name=op.f("uq_wallboard_digest")),
    )
    op.create_table(
        "call_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("numbers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_call_task_agent_id_agent")),
        sa.ForeignKeyConstraint(["done_by_id"], ["agent.id"], name=op.f("fk_call_task_done_by_id_agent")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_call_task_team_id_team")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_call_task_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
        sa.UniqueConstraint("key", name=op.f("uq_call_task_key")),
    )
    op.create_index(op.f("ix_call_task_ticket_id"), "call_task", ["ticket_id"], unique=False)
    op.create_index(
        "ix_call_task_undone",
        "call_task",
        ["team_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("split_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_key", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_conversation_channel_id_channel")),
        sa.ForeignKeyConstraint(["home_ticket_id"], ["ticket.id"], name=op.f("fk_conversation_home_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_conversation_identity_id_identity")),
        sa.ForeignKeyConstraint(
            ["split_from_id"], ["conversation.id"], name=op.f("fk_conversation_split_from_id_conversation")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_conversation_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index(op.f("ix_conversation_home_ticket_id"), "conversation", ["home_ticket_id"], unique=False)
    op.create_index(op.f("ix_conversation_identity_id"), "conversation", ["identity_id"], unique=False)
    op.create_index(
        "ix_conversation_key",
        "conversation",
        ["channel_id", "external_key"],
        unique=False,
        postgresql_where=sa.text("external_key <> ''"),
        sqlite_where=sa.text("external_key <> ''"),
    )
    op.create_index(op.f("ix_conversation_ticket_id"), "conversation", ["ticket_id"], unique=False)
    op.create_table(
        "early",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("conversation_key", sa.String(length=254), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("heard", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_early_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early")),
    )
    op.create_index("ix_early_about", "early", ["channel_id", "about"], unique=False)
    op.create_index("ix_early_conversation", "early", ["channel_id", "conversation_key"], unique=False)
    op.create_table(
        "envelope",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("stored", "filed", "parked", name="envelopestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_envelope_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("channel_id", "digest", name=op.f("uq_envelope_channel_id_digest")),
    )
    op.create_index(
        "ix_envelope_unfiled",
        "envelope",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'filed'"),
        sqlite_where=sa.text("state <> 'filed'"),
    )
    op.create_table(
        "errand",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("profile", "parent", "media", "hide", "show", name="errandkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "running", "done", "failed", name="errandstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault_words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_errand_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
        sa.UniqueConstraint("key", name=op.f("uq_errand_key")),
    )
    op.create_index(
        "ix_errand_undone",
        "errand",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
        sqlite_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "firing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("is_digested", sa.Boolean(), nullable=False),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_firing_team_id_team")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_firing_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing")),
        sa.UniqueConstraint("key", name=op.f("uq_firing_key")),
    )
    op.create_index("ix_firing_at", "firing", ["at"], unique=False)
    op.create_index("ix_firing_team", "firing", ["team_id", "at"], unique=False)
    op.create_index("ix_firing_ticket", "firing", ["ticket_id", "id"], unique=False)
    op.create_index(
        "ix_firing_undigested",
        "firing",
        ["team_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_digested AND digested_at IS NULL"),
        sqlite_where=sa.text("is_digested AND digested_at IS NULL"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["agent.id"], name=op.f("fk_note_author_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_note_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_ticket_id"), "note", ["ticket_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("via", sa.Enum("inbox", "mail", "push", name="via", native_enum=False, length=24), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "withdrawn",
                "queued",
                "sending",
                "sent",
                "failed",
                "unsure",
                name="notificationstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault_words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_notification_agent_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_notification_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("key", "agent_id", "via", name=op.f("uq_notification_key_agent_id_via")),
    )
    op.create_index("ix_notification_agent", "notification", ["agent_id", "id"], unique=False)
    op.create_index(
        "ix_notification_outbox",
        "notification",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index("ix_notification_ticket", "notification", ["ticket_id", "agent_id"], unique=False)
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["agent_id", "id"],
        unique=False,
        postgresql_where=sa.text("via = 'inbox' AND read_at IS NULL"),
        sqlite_where=sa.text("via = 'inbox' AND read_at IS NULL"),
    )
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["retry_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "participation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("because", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_participation_by_id_agent")),
        sa.ForeignKeyConstraint(["home_ticket_id"], ["ticket.id"], name=op.f("fk_participation_home_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_participation_team_id_team")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_participation_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint(
            "ticket_id", "team_id", "home_ticket_id", name=op.f("uq_participation_ticket_id_team_id_home_ticket_id")
        ),
    )
    op.create_index("ix_participation_team", "participation", ["team_id", "ticket_id"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "accepted", "rejected", "expired", name="suggestionstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["agent.id"], name=op.f("fk_suggestion_answered_by_id_agent")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["agent.id"], name=op.f("fk_suggestion_asked_by_id_agent")),
        sa.ForeignKeyConstraint(["asked_from_id"], ["ticket.id"], name=op.f("fk_suggestion_asked_from_id_ticket")),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"], name=op.f("fk_suggestion_other_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_suggestion_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("ticket_id", "other_id", name=op.f("uq_suggestion_ticket_id_other_id")),
    )
    op.create_index("ix_suggestion_other", "suggestion", ["other_id"], unique=False)
    op.create_index(
        "ix_suggestion_pending",
        "suggestion",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["agent.id"], name=op.f("fk_tag_added_by_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_tag_ticket_id_ticket"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("ticket_id", "name", name=op.f("uq_tag_ticket_id_name")),
    )
    op.create_index("ix_tag_name", "tag", ["name", "ticket_id"], unique=False)
    op.create_table(
        "trace",
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_trace_channel_id_channel")),
        sa.PrimaryKeyConstraint("channel_id", "external_id", name=op.f("pk_trace")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_visit_agent_id_agent"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_visit_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("ticket_id", "agent_id", name=op.f("uq_visit_ticket_id_agent_id")),
    )
    op.create_index("ix_visit_at", "visit", ["ticket_id", "at"], unique=False)
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "withdrawn",
                "queued",
                "sending",
                "sent",
                "failed",
                "unsure",
                name="notificationstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault_words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_webhook_call_ticket_id_ticket")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("key", "webhook_id", name=op.f("uq_webhook_call_key_webhook_id")),
    )
    op.create_index(
        "ix_webhook_call_outbox",
        "webhook_call",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_draft_agent_id_agent"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_draft_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("agent_id", "ticket_id", "kind", name=op.f("uq_draft_agent_id_ticket_id_kind")),
    )
    op.create_index("ix_draft_ticket", "draft", ["ticket_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("envelope_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("external_id", sa.String(length=500), nullable=False),
        sa.Column("direction", sa.Enum("in", "out", name="direction", native_enum=False, length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "queued",
                "sending",
                "sent",
                "failed",
                "unsure",
                name="messagestate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "message_class",
            sa.Enum("contact", "substantive", "holding", "auto", name="messageclass", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "comment",
                "post",
                "postback",
                "call",
                "unknown",
                name="messagekind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("is_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("is_bounce", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("author_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted_text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("has_quote", sa.Boolean(), nullable=False),
        sa.Column("has_html", sa.Boolean(), nullable=False),
        sa.Column("attachment_count", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.String(length=16), nullable=False),
        sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=24), nullable=False),
        sa.Column("fault_words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["answers_id"], ["message.id"], name=op.f("fk_message_answers_id_message")),
        sa.ForeignKeyConstraint(["author_id"], ["agent.id"], name=op.f("fk_message_author_id_agent")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_message_channel_id_channel")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_message_envelope_id_envelope")),
        sa.ForeignKeyConstraint(
            ["home_conversation_id"], ["conversation.id"], name=op.f("fk_message_home_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("external_id", "channel_id", name=op.f("uq_message_external_id_channel_id")),
    )
    op.create_index("ix_message_conversation", "message", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_message_outbox",
        "message",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending', 'unsure')"),
        sqlite_where=sa.text("state IN ('queued', 'sending', 'unsure')"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=127), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content_id", sa.String(length=255), nullable=False),
        sa.Column("is_inline", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("fault_words", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_message_id"), "attachment", ["message_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_id", sa.String(length=120), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ringing", "talking", "missed", "voicemail", "ended", name="callstate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("reached", "not_reached", "voicemail", name="calloutcome", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("is_outgoing", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("own_number", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("legs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_call_agent_id_agent")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_call_channel_id_channel")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_call_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_call_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("channel_id", "root_id", name=op.f("uq_call_channel_id_root_id")),
    )
    op.create_index(op.f("ix_call_conversation_id"), "call", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_call_message_id"), "call", ["message_id"], unique=False)
    op.create_index(op.f("ix_call_number"), "call", ["number"], unique=False)
    op.create_index(
        "ix_call_running",
        "call",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('ringing', 'talking')"),
        sqlite_where=sa.text("state IN ('ringing', 'talking')"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["agent.id"], name=op.f("fk_event_actor_id_agent")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_event_message_id_message")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_event_note_id_note")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_event_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_ticket", "event", ["ticket_id", "id"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "declined",
                "returned",
                "withdrawn",
                name="handoverstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("returns_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["agent.id"], name=op.f("fk_handover_answered_by_id_agent")),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_handover_by_id_agent")),
        sa.ForeignKeyConstraint(["done_by_id"], ["message.id"], name=op.f("fk_handover_done_by_id_message")),
        sa.ForeignKeyConstraint(["from_agent_id"], ["agent.id"], name=op.f("fk_handover_from_agent_id_agent")),
        sa.ForeignKeyConstraint(["from_team_id"], ["team.id"], name=op.f("fk_handover_from_team_id_team")),
        sa.ForeignKeyConstraint(["home_ticket_id"], ["ticket.id"], name=op.f("fk_handover_home_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_handover_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["to_agent_id"], ["agent.id"], name=op.f("fk_handover_to_agent_id_agent")),
        sa.ForeignKeyConstraint(["to_team_id"], ["team.id"], name=op.f("fk_handover_to_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_answered_at", "handover", ["answered_at"], unique=False)
    op.create_index("ix_handover_at", "handover", ["at"], unique=False)
    op.create_index(
        "ix_handover_done_by",
        "handover",
        ["done_by_id"],
        unique=False,
        postgresql_where=sa.text("done_by_id IS NOT NULL"),
        sqlite_where=sa.text("done_by_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_handover_home_ticket_id"), "handover", ["home_ticket_id"], unique=False)
    op.create_index(
        "ix_handover_pending",
        "handover",
        ["to_team_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_handover_returns",
        "handover",
        ["returns_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' AND returns_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'pending' AND returns_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_handover_ticket_id"), "handover", ["ticket_id"], unique=False)
    op.create_index(
        "uq_handover_pending",
        "handover",
        ["ticket_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("route", sa.String(length=24), nullable=False),
        sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("soon_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("breach_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "met", "waived", name="obligationstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("let_go_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=True),
        sa.Column("fired", sa.String(length=16), nullable=False),
        sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["message.id"], name=op.f("fk_obligation_answered_by_id_message")),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_obligation_calendar_id_calendar")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_obligation_channel_id_channel")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_obligation_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["let_go_by_id"], ["message.id"], name=op.f("fk_obligation_let_go_by_id_message")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_obligation_message_id_message")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_obligation_policy_id_policy")),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_obligation_policy_version_id_policy_version")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_obligation_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("message_id", name=op.f("uq_obligation_message_id")),
    )
    op.create_index(
        "ix_obligation_answer",
        "obligation",
        ["answered_by_id"],
        unique=False,
        postgresql_where=sa.text("answered_by_id IS NOT NULL"),
        sqlite_where=sa.text("answered_by_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_obligation_conversation_id"), "obligation", ["conversation_id"], unique=False)
    op.create_index(
        "ix_obligation_let_go",
        "obligation",
        ["let_go_by_id"],
        unique=False,
        postgresql_where=sa.text("let_go_by_id IS NOT NULL"),
        sqlite_where=sa.text("let_go_by_id IS NOT NULL"),
    )
    op.create_index(
        "ix_obligation_owed",
        "obligation",
        ["conversation_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_obligation_rung",
        "obligation",
        ["rung_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'open' AND rung_at IS NOT NULL"),
    )
    op.create_index(
        "ix_obligation_settled",
        "obligation",
        [
            "settled_at",
            "channel_id",
            "team_id",
            "kind",
            "opened_at",
            "verdict",
            "elapsed_seconds",
            "target_minutes",
            "state",
        ],
        unique=False,
        postgresql_where=sa.text("state = 'met'"),
        sqlite_where=sa.text("state = 'met'"),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "broken", "kept", "replaced", "waived", name="promisestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("kept_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("fired", sa.String(length=16), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_promise_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["kept_by_id"], ["message.id"], name=op.f("fk_promise_kept_by_id_message")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_promise_message_id_message")),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_promise_owner_id_agent")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_promise_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(op.f("ix_promise_conversation_id"), "promise", ["conversation_id"], unique=False)
    op.create_index(
        "ix_promise_owed",
        "promise",
        ["conversation_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'broken')"),
        sqlite_where=sa.text("state IN ('open', 'broken')"),
    )
    op.create_index(op.f("ix_promise_owner_id"), "promise", ["owner_id"], unique=False)
    op.create_index(
        "ix_promise_rung",
        "promise",
        ["rung_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'broken') AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state IN ('open', 'broken') AND rung_at IS NOT NULL"),
    )
    op.create_table(
        "proof_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_proof_link_customer_id_customer")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_proof_link_message_id_message")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_proof_link_order_id_shop_order")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["agent.id"], name=op.f("fk_proof_link_sent_by_id_agent")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_proof_link_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_proof_link_digest")),
    )
    op.create_index("ix_proof_link_customer", "proof_link", ["customer_id"], unique=False)
    op.create_table(
        "reaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_value", sa.String(length=254), nullable=False),
        sa.Column("emoji", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_reaction_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction")),
        sa.UniqueConstraint("message_id", "author_value", name=op.f("uq_reaction_message_id_author_value")),
    )
    op.create_table(
        "reference",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_reference_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_reference_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference")),
        sa.UniqueConstraint("conversation_id", "value", name=op.f("uq_reference_conversation_id_value")),
    )
    op.create_index("ix_reference_value", "reference", ["value"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "released", "declined", "withdrawn", name="releasestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["agent.id"], name=op.f("fk_release_answered_by_id_agent")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["agent.id"], name=op.f("fk_release_asked_by_id_agent")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_release_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_release_message_id_message")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_release_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_index(
        "ix_release_asked",
        "release",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
        sqlite_where=sa.text("state = 'asked'"),
    )
    op.create_index(op.f("ix_release_ticket_id"), "release", ["ticket_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_revision_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_message_id"), "revision", ["message_id"], unique=False)
    op.create_table(
        "ticket_clock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("acceptance", "work", "resolution", "update", name="clockkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("policy_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("calendar_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_seconds", sa.Integer(), nullable=False),
        sa.Column("rests", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("soon_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breach_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("running", "resting", "met", "waived", name="clockstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=True),
        sa.Column("fired", sa.String(length=16), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_ticket_clock_calendar_id_calendar")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_ticket_clock_handover_id_handover")),
        sa.ForeignKeyConstraint(["home_ticket_id"], ["ticket.id"], name=op.f("fk_ticket_clock_home_ticket_id_ticket")),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_ticket_clock_policy_version_id_policy_version")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_clock_team_id_team")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_clock_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_clock")),
    )
    op.create_index(
        "ix_ticket_clock_breach",
        "ticket_clock",
        ["breach_at"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.create_index(op.f("ix_ticket_clock_handover_id"), "ticket_clock", ["handover_id"], unique=False)
    op.create_index(
        "ix_ticket_clock_rung",
        "ticket_clock",
        ["rung_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'running' AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'running' AND rung_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_clock_running",
        "ticket_clock",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('running', 'resting')"),
        sqlite_where=sa.text("state IN ('running', 'resting')"),
    )
    op.create_index(
        "ix_ticket_clock_settled",
        "ticket_clock",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("state = 'met'"),
        sqlite_where=sa.text("state = 'met'"),
    )
    op.create_index(op.f("ix_ticket_clock_ticket_id"), "ticket_clock", ["ticket_id"], unique=False)

    # People read the primary key as the ticket's number: it begins with five digits.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER SEQUENCE ticket_id_seq RESTART WITH 10001")
    else:
        op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('ticket', 10000)")


def downgrade() -> None:
    op.drop_index(op.f("ix_ticket_clock_ticket_id"), table_name="ticket_clock")
    op.drop_index(
        "ix_ticket_clock_settled",
        table_name="ticket_clock",
        postgresql_where=sa.text("state = 'met'"),
        sqlite_where=sa.text("state = 'met'"),
    )
    op.drop_index(
        "ix_ticket_clock_running",
        table_name="ticket_clock",
        postgresql_where=sa.text("state IN ('running', 'resting')"),
        sqlite_where=sa.text("state IN ('running', 'resting')"),
    )
    op.drop_index(
        "ix_ticket_clock_rung",
        table_name="ticket_clock",
        postgresql_where=sa.text("state = 'running' AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'running' AND rung_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_ticket_clock_handover_id"), table_name="ticket_clock")
    op.drop_index(
        "ix_ticket_clock_breach",
        table_name="ticket_clock",
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.drop_table("ticket_clock")
    op.drop_index(op.f("ix_revision_message_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_index(op.f("ix_release_ticket_id"), table_name="release")
    op.drop_index(
        "ix_release_asked",
        table_name="release",
        postgresql_where=sa.text("state = 'asked'"),
        sqlite_where=sa.text("state = 'asked'"),
    )
    op.drop_table("release")
    op.drop_index("ix_reference_value", table_name="reference")
    op.drop_table("reference")
    op.drop_table("reaction")
    op.drop_index("ix_proof_link_customer", table_name="proof_link")
    op.drop_table("proof_link")
    op.drop_index(
        "ix_promise_rung",
        table_name="promise",
        postgresql_where=sa.text("state IN ('open', 'broken') AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state IN ('open', 'broken') AND rung_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_promise_owner_id"), table_name="promise")
    op.drop_index(
        "ix_promise_owed",
        table_name="promise",
        postgresql_where=sa.text("state IN ('open', 'broken')"),
        sqlite_where=sa.text("state IN ('open', 'broken')"),
    )
    op.drop_index(op.f("ix_promise_conversation_id"), table_name="promise")
    op.drop_table("promise")
    op.drop_index(
        "ix_obligation_settled",
        table_name="obligation",
        postgresql_where=sa.text("state = 'met'"),
        sqlite_where=sa.text("state = 'met'"),
    )
    op.drop_index(
        "ix_obligation_rung",
        table_name="obligation",
        postgresql_where=sa.text("state = 'open' AND rung_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'open' AND rung_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_obligation_owed",
        table_name="obligation",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_obligation_let_go",
        table_name="obligation",
        postgresql_where=sa.text("let_go_by_id IS NOT NULL"),
        sqlite_where=sa.text("let_go_by_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_obligation_conversation_id"), table_name="obligation")
    op.drop_index(
        "ix_obligation_answer",
        table_name="obligation",
        postgresql_where=sa.text("answered_by_id IS NOT NULL"),
        sqlite_where=sa.text("answered_by_id IS NOT NULL"),
    )
    op.drop_table("obligation")
    op.drop_index(
        "uq_handover_pending",
        table_name="handover",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_index(op.f("ix_handover_ticket_id"), table_name="handover")
    op.drop_index(
        "ix_handover_returns",
        table_name="handover",
        postgresql_where=sa.text("state = 'pending' AND returns_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'pending' AND returns_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_handover_pending",
        table_name="handover",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_index(op.f("ix_handover_home_ticket_id"), table_name="handover")
    op.drop_index(
        "ix_handover_done_by",
        table_name="handover",
        postgresql_where=sa.text("done_by_id IS NOT NULL"),
        sqlite_where=sa.text("done_by_id IS NOT NULL"),
    )
    op.drop_index("ix_handover_at", table_name="handover")
    op.drop_index("ix_handover_answered_at", table_name="handover")
    op.drop_table("handover")
    op.drop_index("ix_event_ticket", table_name="event")
    op.drop_table("event")
    op.drop_index(
        "ix_call_running",
        table_name="call",
        postgresql_where=sa.text("state IN ('ringing', 'talking')"),
        sqlite_where=sa.text("state IN ('ringing', 'talking')"),
    )
    op.drop_index(op.f("ix_call_number"), table_name="call")
    op.drop_index(op.f("ix_call_message_id"), table_name="call")
    op.drop_index(op.f("ix_call_conversation_id"), table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_attachment_message_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index(
        "ix_message_outbox",
        table_name="message",
        postgresql_where=sa.text("state IN ('queued', 'sending', 'unsure')"),
        sqlite_where=sa.text("state IN ('queued', 'sending', 'unsure')"),
    )
    op.drop_index("ix_message_conversation", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_draft_ticket", table_name="draft")
    op.drop_table("draft")
    op.drop_index(
        "ix_webhook_call_outbox",
        table_name="webhook_call",
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.drop_table("webhook_call")
    op.drop_index("ix_visit_at", table_name="visit")
    op.drop_table("visit")
    op.drop_table("trace")
    op.drop_index("ix_tag_name", table_name="tag")
    op.drop_table("tag")
    op.drop_index(
        "ix_suggestion_pending",
        table_name="suggestion",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_suggestion_other", table_name="suggestion")
    op.drop_table("suggestion")
    op.drop_index("ix_participation_team", table_name="participation")
    op.drop_table("participation")
    op.drop_index(
        "ix_notification_waiting",
        table_name="notification",
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(
        "ix_notification_unread",
        table_name="notification",
        postgresql_where=sa.text("via = 'inbox' AND read_at IS NULL"),
        sqlite_where=sa.text("via = 'inbox' AND read_at IS NULL"),
    )
    op.drop_index("ix_notification_ticket", table_name="notification")
    op.drop_index(
        "ix_notification_outbox",
        table_name="notification",
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.drop_index("ix_notification_agent", table_name="notification")
    op.drop_table("notification")
    op.drop_index(op.f("ix_note_ticket_id"), table_name="note")
    op.drop_table("note")
    op.drop_index(
        "ix_firing_undigested",
        table_name="firing",
        postgresql_where=sa.text("is_digested AND digested_at IS NULL"),
        sqlite_where=sa.text("is_digested AND digested_at IS NULL"),
    )
    op.drop_index("ix_firing_ticket", table_name="firing")
    op.drop_index("ix_firing_team", table_name="firing")
    op.drop_index("ix_firing_at", table_name="firing")
    op.drop_table("firing")
    op.drop_index(
        "ix_errand_undone",
        table_name="errand",
        postgresql_where=sa.text("state IN ('queued', 'running')"),
        sqlite_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_table("errand")
    op.drop_index(
        "ix_envelope_unfiled",
        table_name="envelope",
        postgresql_where=sa.text("state <> 'filed'"),
        sqlite_where=sa.text("state <> 'filed'"),
    )
    op.drop_table("envelope")
    op.drop_index("ix_early_conversation", table_name="early")
    op.drop_index("ix_early_about", table_name="early")
    op.drop_table("early")
    op.drop_index(op.f("ix_conversation_ticket_id"), table_name="conversation")
    op.drop_index(
        "ix_conversation_key",
        table_name="conversation",
        postgresql_where=sa.text("external_key <> ''"),
        sqlite_where=sa.text("external_key <> ''"),
    )
    op.drop_index(op.f("ix_conversation_identity_id"), table_name="conversation")
    op.drop_index(op.f("ix_conversation_home_ticket_id"), table_name="conversation")
    op.drop_table("conversation")
    op.drop_index(
        "ix_call_task_undone",
        table_name="call_task",
        postgresql_where=sa.text("done_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL"),
    )
    op.drop_index(op.f("ix_call_task_ticket_id"), table_name="call_task")
    op.drop_table("call_task")
    op.drop_table("wallboard")
    op.drop_index(
        "ix_ticket_waiting",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_ticket_updated_at"), table_name="ticket")
    op.drop_index(
        "ix_ticket_uncompared",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND compared_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND compared_at IS NULL"),
    )
    op.drop_index(
        "ix_ticket_unassigned_queue",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.drop_index(
        "ix_ticket_team_queue",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "ix_ticket_team_closed",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_social_queue",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND is_social"),
        sqlite_where=sa.text("closed_at IS NULL AND is_social"),
    )
    op.drop_index(
        "ix_ticket_social",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND is_social"),
        sqlite_where=sa.text("closed_at IS NULL AND is_social"),
    )
    op.drop_index(
        "ix_ticket_shared",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND is_shared"),
        sqlite_where=sa.text("closed_at IS NULL AND is_shared"),
    )
    op.drop_index(
        "ix_ticket_resolved",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NOT NULL AND state = 'resolved'"),
        sqlite_where=sa.text("closed_at IS NOT NULL AND state = 'resolved'"),
    )
    op.drop_index(
        "ix_ticket_queue",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "ix_ticket_public",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL AND publicity IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND oldest_unanswered_at IS NOT NULL AND publicity IS NOT NULL"),
    )
    op.drop_index(op.f("ix_ticket_joined_into_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_customer_id"), table_name="ticket")
    op.drop_index(op.f("ix_ticket_created_at"), table_name="ticket")
    op.drop_index(
        "ix_ticket_closed",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_awaiting",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL AND waits_since IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NULL AND waits_since IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_assignee_queue",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "ix_ticket_assignee_closed",
        table_name="ticket",
        postgresql_where=sa.text("closed_at IS NOT NULL"),
        sqlite_where=sa.text("closed_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_asked_agent",
        table_name="ticket",
        postgresql_where=sa.text("asked_agent_id IS NOT NULL"),
        sqlite_where=sa.text("asked_agent_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_ticket_asked",
        table_name="ticket",
        postgresql_where=sa.text("asked_team_id IS NOT NULL"),
        sqlite_where=sa.text("asked_team_id IS NOT NULL"),
    )
    op.drop_table("ticket")
    op.drop_table("policy_version")
    op.drop_index(op.f("ix_membership_team_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_channel_address"), table_name="channel")
    op.drop_table("channel")
    op.drop_table("team")
    op.drop_index(op.f("ix_token_agent_id"), table_name="token")
    op.drop_table("token")
    op.drop_index(op.f("ix_sign_in_agent_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_push_subscription_agent_id"), table_name="push_subscription")
    op.drop_table("push_subscription")
    op.drop_index(
        "ix_merge_kept",
        table_name="merge",
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(
        "ix_merge_absorbed",
        table_name="merge",
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.drop_table("merge")
    op.drop_table("ladder")
    op.drop_index("ix_distinction_other", table_name="distinction")
    op.drop_table("distinction")
    op.drop_table("calendar_version")
    op.drop_index("ix_name_part_part", table_name="name_part", postgresql_ops={"part": "varchar_pattern_ops"})
    op.drop_index(op.f("ix_name_part_customer_id"), table_name="name_part")
    op.drop_table("name_part")
    op.drop_index("ix_identity_value", table_name="identity", postgresql_ops={"value": "varchar_pattern_ops"})
    op.drop_index(op.f("ix_identity_customer_id"), table_name="identity")
    op.drop_table("identity")
    op.drop_table("agent")
    op.drop_table("webhook")
    op.drop_table("stored_answer")
    op.drop_index("ix_shop_order_email", table_name="shop_order")
    op.drop_index("ix_shop_order_customer_reference", table_name="shop_order")
    op.drop_table("shop_order")
    op.drop_table("policy")
    op.drop_table("lease")
    op.drop_table("heartbeat")
    op.drop_index("ix_customer_name_key", table_name="customer")
    op.drop_index("ix_customer_name", table_name="customer")
    op.drop_table("customer")
    op.drop_table("counter")
    op.drop_table("calendar")
