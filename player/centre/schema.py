"""The tables of `fleet.sqlite`. Times are nanoseconds since 1970; whatever a player sent was checked before it came here."""

from __future__ import annotations

from typing import Final

from player.library.database import Schema

FILE: Final = "fleet.sqlite"

FLEET: Final = Schema(
    FILE,
    (
        # rank, trouble, search, look_at: derived of the rest, so that the wrong ones come first without reading any report.
        """
        CREATE TABLE players(
            id TEXT PRIMARY KEY,
            grp TEXT NOT NULL,
            site TEXT NOT NULL DEFAULT '',
            enrolled_at INTEGER NOT NULL,
            revoked_at INTEGER,
            serial TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT '',
            boot INTEGER NOT NULL DEFAULT 0,
            session TEXT NOT NULL DEFAULT '',
            version TEXT NOT NULL DEFAULT '',
            last_seen INTEGER,
            report TEXT NOT NULL DEFAULT '',
            report_at INTEGER,
            doubles INTEGER NOT NULL DEFAULT 0,
            session_before TEXT NOT NULL DEFAULT '',
            doubled_at INTEGER,
            rank INTEGER NOT NULL DEFAULT 0,
            trouble TEXT NOT NULL DEFAULT '',
            search TEXT NOT NULL DEFAULT '',
            look_at INTEGER
        );
        CREATE INDEX players_worst_first ON players(rank, site, id, grp, state, revoked_at, search);
        CREATE INDEX players_to_look_at ON players(look_at);
        CREATE TABLE papers(serial TEXT PRIMARY KEY, id TEXT NOT NULL, revoked_at INTEGER, ends_at INTEGER NOT NULL);
        CREATE INDEX papers_of ON papers(id);
        CREATE TABLE pictures(id TEXT PRIMARY KEY, jpeg BLOB NOT NULL, taken_at INTEGER NOT NULL);
        CREATE TABLE withdrawals(
            w INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            item TEXT NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            by TEXT NOT NULL
        );
        CREATE TABLE receipts(
            w INTEGER NOT NULL,
            id TEXT NOT NULL,
            known_at INTEGER NOT NULL,
            off_at INTEGER,
            gone_at INTEGER,
            was_up INTEGER NOT NULL,
            here INTEGER NOT NULL,
            PRIMARY KEY(w, id)
        ) WITHOUT ROWID;
        CREATE TABLE events(
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            what TEXT NOT NULL
        );
        CREATE INDEX events_of ON events(id, kind, at);
        CREATE TABLE outages(id TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER, PRIMARY KEY(id, began)) WITHOUT ROWID;
        CREATE TABLE orders(
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            verb TEXT NOT NULL,
            arguments TEXT NOT NULL,
            by TEXT NOT NULL,
            at INTEGER NOT NULL,
            ok INTEGER,
            answer TEXT
        );
        CREATE INDEX orders_of ON orders(id, seq);
        CREATE TABLE releases(
            grp TEXT NOT NULL,
            version TEXT NOT NULL,
            hash TEXT NOT NULL,
            activate_at INTEGER NOT NULL,
            said_at INTEGER NOT NULL,
            committed_at INTEGER,
            PRIMARY KEY(grp, hash)
        ) WITHOUT ROWID;
        CREATE TABLE readiness(
            grp TEXT NOT NULL,
            hash TEXT NOT NULL,
            id TEXT NOT NULL,
            ready INTEGER NOT NULL,
            why TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY(grp, hash, id)
        ) WITHOUT ROWID;
        CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
        """,
    ),
    durable=False,
)
"""A power cut may cost the last moments of what was heard (the broker keeps what is not acknowledged); a transaction that must
not be lost, such as a revocation, is followed by `Store.settle`."""
