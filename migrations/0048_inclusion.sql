-- oldest-binary: 0.1.0
--
-- Proof that somebody's answers are among those that are counted: for each day on which the log of a round moved, the signed root of a tree
-- over all responses that stand. A leaf is a keyed hash of a day and a response: without the root secret it says nothing, and not that two
-- leaves of different days are of one person. The leaves of the newest day alone are kept, since a path is made of them.

CREATE TABLE zs.inclusion_root (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  day date NOT NULL,
  log_pos bigint NOT NULL CHECK (log_pos >= 0),
  size bigint NOT NULL CHECK (size > 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  UNIQUE (round_id, day)
);
COMMENT ON TABLE zs.inclusion_root IS 'The root of the tree over the responses that stood on a day (RFC 6962). Public. Stays when the answers are destroyed.';
COMMENT ON COLUMN zs.inclusion_root.id IS 'Row; a later day has a higher number.';
COMMENT ON COLUMN zs.inclusion_root.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.inclusion_root.day IS 'The day, in the Netherlands.';
COMMENT ON COLUMN zs.inclusion_root.log_pos IS 'The last place of the log that was looked at.';
COMMENT ON COLUMN zs.inclusion_root.size IS 'How many responses are in it.';
COMMENT ON COLUMN zs.inclusion_root.root IS 'The root, SHA-256.';
COMMENT ON COLUMN zs.inclusion_root.signature IS 'Ed25519, of the statement that names round, day, place, size and root.';
CREATE TRIGGER inclusion_root_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.inclusion_root
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.inclusion_chunk (
  round_id int NOT NULL REFERENCES zs.round (id),
  day date NOT NULL,
  number int NOT NULL CHECK (number >= 0),
  first_leaf bytea NOT NULL CHECK (octet_length(first_leaf) = 32),
  leaves bytea NOT NULL CHECK (octet_length(leaves) BETWEEN 32 AND 32768 AND octet_length(leaves) % 32 = 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (round_id, day, number)
);
COMMENT ON TABLE zs.inclusion_chunk IS 'The leaves of the newest tree of a round, 1024 at a time, in the order of their hashes: nothing in it follows the log.';
COMMENT ON COLUMN zs.inclusion_chunk.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.inclusion_chunk.day IS 'The day of the tree.';
COMMENT ON COLUMN zs.inclusion_chunk.number IS 'Which 1024, from 0.';
COMMENT ON COLUMN zs.inclusion_chunk.first_leaf IS 'The first hash in it.';
COMMENT ON COLUMN zs.inclusion_chunk.leaves IS 'The hashes of the leaves, one behind the other.';
COMMENT ON COLUMN zs.inclusion_chunk.hash IS 'The root over them.';
CREATE INDEX inclusion_chunk_first ON zs.inclusion_chunk (round_id, day, first_leaf);
COMMENT ON INDEX zs.inclusion_chunk_first IS 'Where a leaf stands.';

GRANT SELECT ON zs.inclusion_root, zs.inclusion_chunk TO zs_intake, zs_results;
GRANT INSERT (round_id, day, log_pos, size, root, signature) ON zs.inclusion_root TO zs_results;
GRANT INSERT, DELETE ON zs.inclusion_chunk TO zs_results;
