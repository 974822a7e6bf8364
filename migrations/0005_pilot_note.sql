-- oldest-binary: 0.1.0
--
-- What a pilot round is for: how long people were on a page, and what they say about it. Never counted, and tied to nobody.

CREATE TABLE zs.pilot_note (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL,
  day date NOT NULL,
  seconds int NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  page text NOT NULL CHECK (length(page) BETWEEN 1 AND 64),
  comment text CHECK (octet_length(comment) BETWEEN 1 AND 8192)
);
CREATE INDEX pilot_note_by_round ON zs.pilot_note (round_id, page);
COMMENT ON TABLE zs.pilot_note IS 'One page of a pilot round, answered: its time and what was said about it. Nothing ties a row to a participation.';
COMMENT ON COLUMN zs.pilot_note.id IS 'Order of arrival.';
COMMENT ON COLUMN zs.pilot_note.round_id IS 'zs.round.id, of a pilot.';
COMMENT ON COLUMN zs.pilot_note.day IS 'The day it came in.';
COMMENT ON COLUMN zs.pilot_note.seconds IS 'From showing the page to taking it.';
COMMENT ON COLUMN zs.pilot_note.page IS 'Code of the page.';
COMMENT ON COLUMN zs.pilot_note.comment IS 'What was typed in the box for remarks; NULL when nothing was. Personal data of a special category: staff reads it.';
COMMENT ON INDEX zs.pilot_note_by_round IS 'For reading and destroying those of a round.';

GRANT INSERT (round_id, day, seconds, page, comment) ON zs.pilot_note TO zs_intake;
GRANT SELECT ON zs.pilot_note TO zs_staff;
