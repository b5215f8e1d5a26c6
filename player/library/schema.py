"""The tables of `library.sqlite`: what can be fetched again. Damaged, it is set aside and started anew."""

from __future__ import annotations

from typing import Final

from player.library.database import Schema

LIBRARY: Final = Schema(
    name="library.sqlite",
    durable=False,
    migrations=(
        """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sources(
    name TEXT PRIMARY KEY, is_core INTEGER NOT NULL, address TEXT NOT NULL, enabled INTEGER NOT NULL,
    confirmed_at INTEGER, lease_s REAL, halt INTEGER NOT NULL DEFAULT 0, expired INTEGER NOT NULL DEFAULT 0,
    device INTEGER, validators TEXT NOT NULL DEFAULT '{}', problem TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE photos(
    key INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, item TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
    version TEXT NOT NULL, facts TEXT NOT NULL, image TEXT NOT NULL, sha256 TEXT, size_in_bytes INTEGER,
    caption TEXT NOT NULL, credit TEXT NOT NULL, alt TEXT NOT NULL, language TEXT NOT NULL, country TEXT NOT NULL,
    focal_x REAL, focal_y REAL, valid_until INTEGER, is_news INTEGER NOT NULL, entered INTEGER NOT NULL,
    original TEXT, picture TEXT, tile TEXT,
    width INTEGER, height INTEGER, tile_width INTEGER, tile_height INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0, phash TEXT, prepared_for INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, retry_at INTEGER,
    shown INTEGER NOT NULL DEFAULT 0, last_shown INTEGER, UNIQUE(source, item)
) STRICT;
CREATE INDEX photos_to_prepare ON photos(is_news DESC, entered, key) WHERE state='approved' AND picture IS NULL;
CREATE INDEX photos_too_small ON photos(prepared_for) WHERE picture IS NOT NULL;
CREATE INDEX photos_with_end ON photos(valid_until) WHERE valid_until IS NOT NULL AND state='approved';
CREATE INDEX photos_by_picture ON photos(picture) WHERE picture IS NOT NULL;
CREATE INDEX photos_by_tile ON photos(tile) WHERE tile IS NOT NULL;
CREATE INDEX photos_by_original ON photos(original) WHERE original IS NOT NULL;
CREATE INDEX photos_by_age ON photos(last_shown, key) WHERE picture IS NOT NULL;
CREATE INDEX photos_countries ON photos(country) WHERE picture IS NOT NULL;
CREATE TABLE ranks(
    key INTEGER PRIMARY KEY, source TEXT NOT NULL, is_portrait INTEGER NOT NULL, has_joined INTEGER NOT NULL,
    is_news INTEGER NOT NULL, entered INTEGER NOT NULL, turn INTEGER NOT NULL, last INTEGER NOT NULL, valid_until INTEGER
) STRICT;
CREATE INDEX ranks_pool ON ranks(source, turn, last, key) WHERE has_joined=1;
CREATE INDEX ranks_pool_portraits ON ranks(source, turn, last, key) WHERE has_joined=1 AND is_portrait=1;
CREATE INDEX ranks_lane ON ranks(source, is_news, entered, key) WHERE has_joined=0;
CREATE TABLE cues(
    id INTEGER PRIMARY KEY AUTOINCREMENT, show TEXT NOT NULL, ordinal INTEGER NOT NULL, step INTEGER NOT NULL,
    start INTEGER NOT NULL, length INTEGER NOT NULL, fade INTEGER NOT NULL, seed INTEGER NOT NULL, slide TEXT NOT NULL
) STRICT;
CREATE INDEX cues_by_start ON cues(start);
CREATE INDEX cues_by_number ON cues(show, ordinal);
CREATE TABLE plays(at INTEGER NOT NULL, photo INTEGER NOT NULL, show TEXT NOT NULL) STRICT;
CREATE INDEX plays_by_time ON plays(at)""",
        # The bytes that a photo had before it was edited or evicted, so that its withdrawal binds them too; and of what was
        # shown the beginning of its hash alone, which outlives the photo and names nobody.
        """
CREATE TABLE former(key INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(key, sha256)) STRICT, WITHOUT ROWID;
ALTER TABLE plays RENAME TO plays_by_key;
DROP INDEX plays_by_time;
CREATE TABLE plays(at INTEGER NOT NULL, photo TEXT NOT NULL, show TEXT NOT NULL) STRICT;
CREATE INDEX plays_by_time ON plays(at);
INSERT INTO plays SELECT at, substr(coalesce((SELECT coalesce(original, sha256) FROM photos WHERE key=photo), ''), 1, 16), show
    FROM plays_by_key;
DROP TABLE plays_by_key""",
        # What people look for. Each index begins with the photo's row, so that writing goes to where the last one went: a page
        # of photos is read from it backwards, and a filter that hardly anybody meets costs a look at narrow entries alone.
        # What was taken in before is folded as far as SQLite can, until its source says something new of it.
        """
ALTER TABLE photos ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE photos SET words=lower(credit || ' ' || caption);
CREATE INDEX photos_by_facets ON photos(key, state, source, language, country, shown, width, valid_until);
CREATE INDEX photos_by_words ON photos(key, words, state, source, language, country, width, valid_until);
CREATE INDEX photos_aside ON photos(state) WHERE state<>'approved';
CREATE INDEX photos_languages ON photos(language) WHERE picture IS NOT NULL;
CREATE INDEX plays_by_photo ON plays(photo, at)""",
        # Sources that people at this player approve, and what waits for them. Nothing of a picture that waits is counted or
        # told where approved ones are.
        """
ALTER TABLE sources ADD COLUMN reviewers INTEGER NOT NULL DEFAULT 0;
CREATE INDEX photos_waiting ON photos(source, entered, key) WHERE state='pending';
DROP INDEX photos_countries;
DROP INDEX photos_languages;
CREATE INDEX photos_countries ON photos(country) WHERE picture IS NOT NULL AND state='approved';
CREATE INDEX photos_languages ON photos(language) WHERE picture IS NOT NULL AND state='approved'""",
        # Films: rows as photos are, with a picture of theirs to know them by. The file is named by the hash of the original; what
        # is known of it is text that ingest writes. None has a place in the order of showing, or is counted among photos.
        """
ALTER TABLE photos ADD COLUMN is_film INTEGER NOT NULL DEFAULT 0;
ALTER TABLE photos ADD COLUMN film TEXT;
ALTER TABLE photos ADD COLUMN film_facts TEXT;
CREATE INDEX photos_by_film ON photos(film) WHERE film IS NOT NULL;
CREATE INDEX photos_films ON photos(entered, key) WHERE is_film=1;
DROP INDEX photos_countries;
CREATE INDEX photos_countries ON photos(country, is_film) WHERE picture IS NOT NULL AND state='approved'""",
        # What a withdrawal binds of a film that nobody has hashed.
        """
ALTER TABLE photos ADD COLUMN stand_in TEXT;
CREATE INDEX photos_by_stand_in ON photos(stand_in) WHERE stand_in IS NOT NULL""",
        # Programmes of shows in step. The document is the last column: whoever reads the others does not walk through it.
        """
CREATE TABLE programmes(
    grp TEXT NOT NULL, hash TEXT NOT NULL, version TEXT NOT NULL, activate_at INTEGER NOT NULL, said_at INTEGER NOT NULL,
    committed INTEGER NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, missing INTEGER, body TEXT,
    PRIMARY KEY(grp, hash)
) STRICT""",
    ),
)
