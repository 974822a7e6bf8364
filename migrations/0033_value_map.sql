-- oldest-binary: 0.1.0
--
-- The value map: what people judged of its cells where a rule says otherwise (or the same), and the maps that were made public.
--
-- A map itself is made of figures and codings whenever somebody asks. Only what no figure can give is kept.

CREATE TABLE zs.value_judgement (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  application text NOT NULL CHECK (length(application) BETWEEN 1 AND 64),
  value text NOT NULL CHECK (length(value) BETWEEN 1 AND 64),
  label text CHECK (label IN ('niet-gevraagd', 'overeenstemming', 'deels', 'stilte', 'tegenspraak')),
  by_rule text NOT NULL CHECK (by_rule IN ('niet-gevraagd', 'overeenstemming', 'deels', 'stilte', 'tegenspraak')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
  judged_at timestamptz NOT NULL DEFAULT now(),
  judged_by text NOT NULL CHECK (length(judged_by) BETWEEN 1 AND 200)
);
CREATE INDEX value_judgement_cell ON zs.value_judgement (round_id, application, value, id);
COMMENT ON TABLE zs.value_judgement IS 'Whether the methods agree on a value of an application, as somebody judged. The newest row of a cell holds; all are its history.';
COMMENT ON COLUMN zs.value_judgement.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.value_judgement.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.value_judgement.application IS 'Code of the application.';
COMMENT ON COLUMN zs.value_judgement.value IS 'Code of the value.';
COMMENT ON COLUMN zs.value_judgement.label IS 'What they judged; NULL: the rule holds again.';
COMMENT ON COLUMN zs.value_judgement.by_rule IS 'What the rule said at that moment.';
COMMENT ON COLUMN zs.value_judgement.reason IS 'Why, for everybody to read.';
COMMENT ON COLUMN zs.value_judgement.judged_at IS 'When.';
COMMENT ON COLUMN zs.value_judgement.judged_by IS 'Label of who judged.';
COMMENT ON INDEX zs.value_judgement_cell IS 'For the newest of a cell.';
CREATE TRIGGER value_judgement_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.value_judgement
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.value_map (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  number int NOT NULL CHECK (number > 0),
  release_number int NOT NULL CHECK (release_number > 0),
  document jsonb NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL CHECK (length(published_by) BETWEEN 1 AND 200),
  UNIQUE (round_id, number)
);
COMMENT ON TABLE zs.value_map IS 'Value maps as they were made public: the survey by a release, conversations as they were coded then. One never changes; the highest number of a round is what is shown.';
COMMENT ON COLUMN zs.value_map.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.value_map.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.value_map.number IS 'From 1, in each round.';
COMMENT ON COLUMN zs.value_map.release_number IS 'The release that its figures are of.';
COMMENT ON COLUMN zs.value_map.document IS 'The map, as the API gives it.';
COMMENT ON COLUMN zs.value_map.published_at IS 'When it was made public.';
COMMENT ON COLUMN zs.value_map.published_by IS 'Label of who did.';
CREATE TRIGGER value_map_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.value_map
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT, INSERT ON zs.value_judgement, zs.value_map TO zs_staff;
GRANT SELECT (id, round_id, number, release_number, document, published_at) ON zs.value_map TO zs_results;
