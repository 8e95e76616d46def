CREATE TABLE state (format INTEGER NOT NULL);
-- The versions that it has; and whether what the shapes found of each is known.
CREATE TABLE versions (number INTEGER PRIMARY KEY, digest TEXT NOT NULL, judged INTEGER NOT NULL);
CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL);
-- A quad was there in the versions from `since` on and before `until`.
CREATE TABLE quads (
    s INTEGER NOT NULL, p INTEGER NOT NULL, o INTEGER NOT NULL, g INTEGER NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (s, p, o, g, since)
) WITHOUT ROWID;
-- The part of the digest's tree that the lines of a subject fall into (core/digest.py).
CREATE TABLE subjects (bucket INTEGER NOT NULL, s INTEGER NOT NULL, PRIMARY KEY (bucket, s)) WITHOUT ROWID;
-- What each version changed: whether anything is said of a thing after it, and whether its name is one of ours.
CREATE TABLE things (
    iri TEXT NOT NULL, version INTEGER NOT NULL, present INTEGER NOT NULL, ours INTEGER NOT NULL,
    PRIMARY KEY (iri, version)
) WITHOUT ROWID;
-- What the shapes found, a line for each result.
CREATE TABLE results (
    line TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (line, since)
) WITHOUT ROWID;
