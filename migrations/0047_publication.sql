-- oldest-binary: 0.1.0
--
-- Publications: the files of a release as open data, byte for byte, with the list of them that was signed. What was published stays at its
-- address for ever, whatever a later program would write of the same release.

CREATE TABLE zs.publication (
  round_id int NOT NULL,
  number int NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  manifest text NOT NULL CHECK (octet_length(manifest) BETWEEN 2 AND 1048576),
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  PRIMARY KEY (round_id, number),
  FOREIGN KEY (round_id, number) REFERENCES zs.release (round_id, number)
);
COMMENT ON TABLE zs.publication IS 'A release as open data. Stays when the answers are destroyed, as the release does.';
COMMENT ON COLUMN zs.publication.round_id IS 'zs.release.round_id.';
COMMENT ON COLUMN zs.publication.number IS 'zs.release.number.';
COMMENT ON COLUMN zs.publication.made_at IS 'When it was published.';
COMMENT ON COLUMN zs.publication.manifest IS 'The list of its files with their hashes, and how it was protected: canonical JSON, as it was signed.';
COMMENT ON COLUMN zs.publication.signature IS 'Ed25519 over the bytes of the manifest.';

CREATE TABLE zs.publication_file (
  round_id int NOT NULL,
  number int NOT NULL,
  name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9.-]{0,62}$'),
  position smallint NOT NULL CHECK (position >= 0),
  media_type text NOT NULL CHECK (length(media_type) BETWEEN 3 AND 100),
  kind text NOT NULL CHECK (kind IN ('csv', 'csvw', 'jsonl', 'ddi')),
  stream text NOT NULL CHECK (length(stream) BETWEEN 1 AND 40),
  weighted boolean NOT NULL,
  row_count bigint NOT NULL CHECK (row_count >= 0),
  size bigint NOT NULL CHECK (size >= 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  PRIMARY KEY (round_id, number, name),
  FOREIGN KEY (round_id, number) REFERENCES zs.publication (round_id, number)
);
COMMENT ON TABLE zs.publication_file IS 'The files of a publication.';
COMMENT ON COLUMN zs.publication_file.round_id IS 'The publication.';
COMMENT ON COLUMN zs.publication_file.number IS 'The publication.';
COMMENT ON COLUMN zs.publication_file.name IS 'The last part of its address.';
COMMENT ON COLUMN zs.publication_file.position IS 'Its place in the list, from 0.';
COMMENT ON COLUMN zs.publication_file.media_type IS 'As it is sent.';
COMMENT ON COLUMN zs.publication_file.kind IS 'csv: all tables. csvw: what the columns of the CSV are. jsonl: the same tables. ddi: what was asked and answered.';
COMMENT ON COLUMN zs.publication_file.stream IS 'How the people came whom it is about, as in the codebook.';
COMMENT ON COLUMN zs.publication_file.weighted IS 'Whether its figures are weighted to the population.';
COMMENT ON COLUMN zs.publication_file.row_count IS 'Of a table; 0: it has no rows.';
COMMENT ON COLUMN zs.publication_file.size IS 'Bytes.';
COMMENT ON COLUMN zs.publication_file.sha256 IS 'Of its bytes.';

CREATE TABLE zs.publication_piece (
  round_id int NOT NULL,
  number int NOT NULL,
  name text NOT NULL,
  piece int NOT NULL CHECK (piece >= 0),
  content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 1048576),
  PRIMARY KEY (round_id, number, name, piece),
  FOREIGN KEY (round_id, number, name) REFERENCES zs.publication_file (round_id, number, name)
);
COMMENT ON TABLE zs.publication_piece IS 'The bytes of a file, a MiB each but for the last: no more than that is in memory at once.';
COMMENT ON COLUMN zs.publication_piece.round_id IS 'The publication.';
COMMENT ON COLUMN zs.publication_piece.number IS 'The publication.';
COMMENT ON COLUMN zs.publication_piece.name IS 'The file.';
COMMENT ON COLUMN zs.publication_piece.piece IS 'From 0, in their order.';
COMMENT ON COLUMN zs.publication_piece.content IS 'Bytes.';

CREATE TRIGGER publication_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.publication
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER publication_file_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.publication_file
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER publication_piece_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.publication_piece
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- When it was made is the database's to say.
GRANT SELECT ON zs.publication, zs.publication_file, zs.publication_piece TO zs_results;
GRANT INSERT (round_id, number, manifest, signature) ON zs.publication TO zs_results;
GRANT INSERT ON zs.publication_file, zs.publication_piece TO zs_results;
