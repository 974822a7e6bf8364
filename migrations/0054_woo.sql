-- oldest-binary: 0.1.0
--
-- What of a file under the Wet open overheid may be given: each piece assessed by somebody, with a ground where something stays back. The piece
-- itself is never changed. An assessment is of a text as it was: of another text it says nothing.

CREATE TABLE zs.woo_assessment (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  piece text NOT NULL CHECK (piece ~ '^[a-z]+-[0-9]{1,10}$'),
  text_sha256 bytea NOT NULL CHECK (octet_length(text_sha256) = 32),
  outcome text NOT NULL CHECK (outcome IN ('openbaar', 'deels', 'niet')),
  ground text CHECK (ground ~ '^5\.[12](\.[125](\.[a-i])?)?$'),
  spans jsonb NOT NULL DEFAULT '[]',
  assessed_at timestamptz NOT NULL DEFAULT now(),
  assessed_by text NOT NULL CHECK (length(assessed_by) BETWEEN 1 AND 200),
  CONSTRAINT woo_assessment_ground CHECK ((outcome = 'openbaar') = (ground IS NULL)),
  CONSTRAINT woo_assessment_spans CHECK ((outcome = 'deels') = (jsonb_array_length(spans) > 0))
);
COMMENT ON TABLE zs.woo_assessment IS 'What somebody judged of a piece that is asked for under the Woo. The newest of a piece counts; earlier ones stay.';
COMMENT ON COLUMN zs.woo_assessment.id IS 'Row; the highest of a piece counts.';
COMMENT ON COLUMN zs.woo_assessment.piece IS 'Kind and number: bespreking-12.';
COMMENT ON COLUMN zs.woo_assessment.text_sha256 IS 'Of the text that was read: when the piece changes, it has to be assessed again.';
COMMENT ON COLUMN zs.woo_assessment.outcome IS 'Given in full, in part, or not.';
COMMENT ON COLUMN zs.woo_assessment.ground IS 'The article of the Woo why something stays back.';
COMMENT ON COLUMN zs.woo_assessment.spans IS 'What is taken out: [from, to) in code points of that text, the first first.';
COMMENT ON COLUMN zs.woo_assessment.assessed_at IS 'When it was judged.';
COMMENT ON COLUMN zs.woo_assessment.assessed_by IS 'Label of who did.';
COMMENT ON CONSTRAINT woo_assessment_ground ON zs.woo_assessment IS 'What stays back has a ground.';
COMMENT ON CONSTRAINT woo_assessment_spans ON zs.woo_assessment IS 'In part: something is taken out.';
CREATE INDEX woo_assessment_piece ON zs.woo_assessment (piece, id);
COMMENT ON INDEX zs.woo_assessment_piece IS 'The newest of a piece.';
CREATE TRIGGER woo_assessment_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.woo_assessment
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT ON zs.woo_assessment TO zs_staff;
GRANT INSERT (piece, text_sha256, outcome, ground, spans, assessed_by) ON zs.woo_assessment TO zs_staff;
