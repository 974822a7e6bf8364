-- oldest-binary: 0.1.0
--
-- What was destroyed, what was erased, and what may not be destroyed yet.
--
-- zs.erasure is the ledger: a copy of it is kept beside the backups, and a database that was restored erases again what the ledger
-- says (zevenstem retention replay). It is filled where erasing happens, by zs.response_erase_older and zs.round_partition_drop.

CREATE TABLE zs.erasure (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  erased_day date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
  response_id bytea CHECK (octet_length(response_id) = 16),
  UNIQUE NULLS NOT DISTINCT (round_id, response_id)
);
COMMENT ON TABLE zs.erasure IS 'The ledger of erasures: which responses were withdrawn, which rounds destroyed. Holds ids alone.';
COMMENT ON COLUMN zs.erasure.number IS 'Rises; may have gaps, and a higher one may be committed first.';
COMMENT ON COLUMN zs.erasure.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.erasure.erased_day IS 'The day it was erased here: after a restore, the day it was erased again.';
COMMENT ON COLUMN zs.erasure.response_id IS 'The response that was withdrawn; NULL: the whole round was destroyed.';
COMMENT ON CONSTRAINT erasure_round_id_response_id_key ON zs.erasure IS 'Each once.';

INSERT INTO zs.erasure (round_id, response_id, erased_day)
  SELECT round_id, response_id, received_day FROM zs.response WHERE kind = 3;

CREATE TABLE zs.destruction (
  round_id int PRIMARY KEY REFERENCES zs.round (id),
  destroyed_at timestamptz NOT NULL DEFAULT now(),
  destroyed_by text NOT NULL CHECK (length(destroyed_by) BETWEEN 1 AND 200),
  statement jsonb NOT NULL
);
COMMENT ON TABLE zs.destruction IS 'The statement of destruction (verklaring van vernietiging) of each round that was destroyed: one a round, kept for good.';
COMMENT ON COLUMN zs.destruction.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.destruction.destroyed_at IS 'Start of the transaction that destroyed it.';
COMMENT ON COLUMN zs.destruction.destroyed_by IS 'Label of who gave the order; system for the periodic job.';
COMMENT ON COLUMN zs.destruction.statement IS 'What, how many, on what ground, how, when, by whom. Without personal data.';
CREATE TRIGGER destruction_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.destruction
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.retention_hold (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  round_id int REFERENCES zs.round (id),
  reason text NOT NULL CHECK (reason IN ('woo', 'kamer', 'rechter')),
  note text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
  until_date date,
  placed_at timestamptz NOT NULL DEFAULT now(),
  placed_by text NOT NULL CHECK (length(placed_by) BETWEEN 1 AND 200),
  released_at timestamptz,
  released_by text,
  CONSTRAINT retention_hold_release CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE zs.retention_hold IS 'Orders not to destroy a round, or any round of a consultation, yet. Citizens go on withdrawing.';
COMMENT ON COLUMN zs.retention_hold.id IS 'What an administrator calls it by.';
COMMENT ON COLUMN zs.retention_hold.consultation IS 'Whose rounds.';
COMMENT ON COLUMN zs.retention_hold.round_id IS 'The one round; NULL: all rounds of the consultation.';
COMMENT ON COLUMN zs.retention_hold.reason IS 'woo (a request under the Wet open overheid), kamer (a question of parliament) or rechter (proceedings in court).';
COMMENT ON COLUMN zs.retention_hold.note IS 'Which request or case.';
COMMENT ON COLUMN zs.retention_hold.until_date IS 'The last day that it holds; NULL: until it is released.';
COMMENT ON COLUMN zs.retention_hold.placed_at IS 'When it was placed.';
COMMENT ON COLUMN zs.retention_hold.placed_by IS 'Label of who placed it.';
COMMENT ON COLUMN zs.retention_hold.released_at IS 'When it was released; NULL while it holds.';
COMMENT ON COLUMN zs.retention_hold.released_by IS 'Label of who released it.';
COMMENT ON CONSTRAINT retention_hold_release ON zs.retention_hold IS 'Whoever releases it is known.';

GRANT SELECT ON zs.erasure, zs.destruction TO zs_staff;
GRANT SELECT (round_id) ON zs.erasure, zs.destruction TO zs_results;
GRANT INSERT (round_id, destroyed_by, statement) ON zs.destruction TO zs_staff;
GRANT SELECT ON zs.retention_hold TO zs_staff;
GRANT INSERT (consultation, round_id, reason, note, until_date, placed_by) ON zs.retention_hold TO zs_staff;
GRANT UPDATE (released_at, released_by) ON zs.retention_hold TO zs_staff;
