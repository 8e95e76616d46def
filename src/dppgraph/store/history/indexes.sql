CREATE UNIQUE INDEX by_term ON terms (term);
CREATE INDEX by_predicate ON quads (p, o, s, since, until);
CREATE INDEX by_object ON quads (o, s, p, since, until);
-- Small, as most quads are there since the first version and until now.
CREATE INDEX by_since ON quads (since) WHERE since > 1;
CREATE INDEX by_until ON quads (until) WHERE until < 9223372036854775807;
