-- oldest-binary: 0.1.0
--
-- To whom a signal was passed on, what was asked of them, and what they answered: by a link that works once, without an account. Of
-- the link a hash alone is kept. An answer is never changed; one that says nothing is sent back, and stays as it was.

CREATE TABLE zs.signal_forward (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signal_id int NOT NULL REFERENCES zs.signal (id),
  kind text NOT NULL CHECK (kind IN ('actie', 'doel', 'toezegging', 'wetgevingsdossier', 'departement', 'tafel', 'toezichthouder',
    'kamercommissie', 'onderzoeksagenda', 'nieuwe-actie')),
  item text CHECK (item ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(item) <= 40),
  addressee text NOT NULL CHECK (length(addressee) BETWEEN 1 AND 300),
  question text NOT NULL CHECK (length(question) BETWEEN 1 AND 3000),
  condition text CHECK (length(condition) BETWEEN 1 AND 1000),
  role text NOT NULL CHECK (role IN ('kaders-stellen', 'faciliteren', 'dialoog-voeren')),
  due_day date NOT NULL,
  state text NOT NULL DEFAULT 'gevraagd' CHECK (state IN ('gevraagd', 'geantwoord', 'teruggestuurd')),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT signal_forward_item CHECK ((kind IN ('actie', 'doel', 'toezegging')) = (item IS NOT NULL))
);
COMMENT ON TABLE zs.signal_forward IS 'To whom a signal was passed on, and what was asked. Public with the signal.';
COMMENT ON COLUMN zs.signal_forward.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.signal_forward.signal_id IS 'The signal.';
COMMENT ON COLUMN zs.signal_forward.kind IS 'What it was passed on to.';
COMMENT ON COLUMN zs.signal_forward.item IS 'Code of the item of the agenda; NULL: it is none.';
COMMENT ON COLUMN zs.signal_forward.addressee IS 'Who is asked, in words.';
COMMENT ON COLUMN zs.signal_forward.question IS 'What is asked, for citizens to read.';
COMMENT ON COLUMN zs.signal_forward.condition IS 'The condition (randvoorwaarde) that is at stake; NULL: none was named.';
COMMENT ON COLUMN zs.signal_forward.role IS 'What is asked of government: to set frames, to facilitate, to hold a dialogue.';
COMMENT ON COLUMN zs.signal_forward.due_day IS 'Until when an answer is asked.';
COMMENT ON COLUMN zs.signal_forward.state IS 'Whether there is an answer that stands.';
COMMENT ON COLUMN zs.signal_forward.created_at IS 'When it was passed on.';
COMMENT ON COLUMN zs.signal_forward.created_by IS 'Label of who did.';
COMMENT ON CONSTRAINT signal_forward_item ON zs.signal_forward IS 'An item of the agenda, and nothing else, has a code.';
CREATE INDEX signal_forward_signal ON zs.signal_forward (signal_id, id);
COMMENT ON INDEX zs.signal_forward_signal IS 'To whom a signal was passed on.';
CREATE INDEX signal_forward_waiting ON zs.signal_forward (due_day) WHERE state <> 'geantwoord';
COMMENT ON INDEX zs.signal_forward_waiting IS 'Who still has to answer, by day.';

CREATE TABLE zs.signal_link (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  forward_id int NOT NULL REFERENCES zs.signal_forward (id),
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.signal_link IS 'Links by which an addressee answers once.';
COMMENT ON COLUMN zs.signal_link.id IS 'Row.';
COMMENT ON COLUMN zs.signal_link.forward_id IS 'What it answers.';
COMMENT ON COLUMN zs.signal_link.token_hash IS 'Keyed hash of the random code in the link.';
COMMENT ON COLUMN zs.signal_link.expires_at IS 'Until when it works.';
COMMENT ON COLUMN zs.signal_link.used_at IS 'When it was used; NULL: it was not.';
COMMENT ON COLUMN zs.signal_link.ended_at IS 'When another link took its place; NULL: none did.';
COMMENT ON COLUMN zs.signal_link.created_at IS 'When it was made.';
COMMENT ON COLUMN zs.signal_link.created_by IS 'Label of who made it.';
CREATE INDEX signal_link_forward ON zs.signal_link (forward_id);
COMMENT ON INDEX zs.signal_link_forward IS 'The links of one addressee.';

CREATE TABLE zs.signal_answer (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  forward_id int NOT NULL REFERENCES zs.signal_forward (id),
  link_id int NOT NULL UNIQUE REFERENCES zs.signal_link (id),
  outcome text NOT NULL CHECK (outcome IN ('overgenomen', 'deels', 'niet', 'nader-onderzoek', 'later')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 5000),
  change text CHECK (length(change) BETWEEN 1 AND 3000),
  change_when text CHECK (length(change_when) BETWEEN 1 AND 200),
  answered_by text NOT NULL CHECK (length(answered_by) BETWEEN 1 AND 200),
  answered_at timestamptz NOT NULL,
  returned_at timestamptz,
  returned_by text CHECK (length(returned_by) BETWEEN 1 AND 200),
  returned_why text CHECK (length(returned_why) BETWEEN 1 AND 2000),
  CONSTRAINT signal_answer_returned CHECK ((returned_at IS NULL) = (returned_by IS NULL) AND (returned_at IS NULL) = (returned_why IS NULL))
);
COMMENT ON TABLE zs.signal_answer IS 'What an addressee answered. Public with the signal, but for who wrote it.';
COMMENT ON COLUMN zs.signal_answer.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.signal_answer.forward_id IS 'What it answers.';
COMMENT ON COLUMN zs.signal_answer.link_id IS 'The link that it came by.';
COMMENT ON COLUMN zs.signal_answer.outcome IS 'Taken over, in part, not, looked into further, or later.';
COMMENT ON COLUMN zs.signal_answer.reason IS 'Why, for citizens to read.';
COMMENT ON COLUMN zs.signal_answer.change IS 'What changes; NULL: nothing.';
COMMENT ON COLUMN zs.signal_answer.change_when IS 'When it changes, in words; NULL: not said.';
COMMENT ON COLUMN zs.signal_answer.answered_by IS 'For whom this was written, as they say. Not public.';
COMMENT ON COLUMN zs.signal_answer.answered_at IS 'When it came.';
COMMENT ON COLUMN zs.signal_answer.returned_at IS 'When it was sent back, since it said nothing; NULL: it stands.';
COMMENT ON COLUMN zs.signal_answer.returned_by IS 'Label of who sent it back.';
COMMENT ON COLUMN zs.signal_answer.returned_why IS 'Why it was sent back.';
COMMENT ON CONSTRAINT signal_answer_returned ON zs.signal_answer IS 'What was sent back has a reason and somebody who did.';
CREATE INDEX signal_answer_forward ON zs.signal_answer (forward_id, id);
COMMENT ON INDEX zs.signal_answer_forward IS 'The answers of one addressee, in their order.';

GRANT SELECT ON zs.signal_forward, zs.signal_link, zs.signal_answer TO zs_staff;
GRANT INSERT (signal_id, kind, item, addressee, question, condition, role, due_day, created_by), UPDATE (state) ON zs.signal_forward TO zs_staff;
GRANT INSERT (forward_id, token_hash, expires_at, created_by), UPDATE (ended_at) ON zs.signal_link TO zs_staff;
GRANT UPDATE (returned_at, returned_by, returned_why) ON zs.signal_answer TO zs_staff;
GRANT SELECT (id, signal_id, kind, item, addressee, question, condition, role, due_day, state, created_at) ON zs.signal_forward TO zs_results;
GRANT SELECT (id, forward_id, outcome, reason, change, change_when, answered_at, returned_at) ON zs.signal_answer TO zs_results;
