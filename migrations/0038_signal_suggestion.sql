-- oldest-binary: 0.1.0
--
-- What a rule found in figures and conversations that may be a signal: proposed once, then made into a signal or set aside with a reason.

CREATE TABLE zs.signal_suggestion (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  rule text NOT NULL CHECK (rule IN ('zorg', 'verandering', 'tegenspraak', 'verdeeld', 'groei')),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  application text CHECK (length(application) BETWEEN 1 AND 64),
  value text CHECK (length(value) BETWEEN 1 AND 64),
  figures jsonb NOT NULL,
  holds boolean NOT NULL DEFAULT true,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'signaal', 'opzij')),
  signal_id int REFERENCES zs.signal (id),
  reason text CHECK (length(reason) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  decided_by text CHECK (length(decided_by) BETWEEN 1 AND 200),
  UNIQUE (round_id, rule, subject),
  CONSTRAINT signal_suggestion_decided CHECK ((state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)
    AND (state = 'signaal') = (signal_id IS NOT NULL) AND (state = 'opzij') = (reason IS NOT NULL))
);
COMMENT ON TABLE zs.signal_suggestion IS 'Signals that a rule proposes. The same rule about the same subject of a round has one row.';
COMMENT ON COLUMN zs.signal_suggestion.id IS 'Its number.';
COMMENT ON COLUMN zs.signal_suggestion.round_id IS 'The round that it was found in.';
COMMENT ON COLUMN zs.signal_suggestion.rule IS 'Which rule.';
COMMENT ON COLUMN zs.signal_suggestion.subject IS 'What it is about: a variable, an application and a value, or a code of the code book.';
COMMENT ON COLUMN zs.signal_suggestion.application IS 'The application, where it is about one.';
COMMENT ON COLUMN zs.signal_suggestion.value IS 'The value, where it is about one.';
COMMENT ON COLUMN zs.signal_suggestion.figures IS 'What cleared which bar, as it was found last; of one that was decided on, as it was then.';
COMMENT ON COLUMN zs.signal_suggestion.holds IS 'The rule found it again when it looked last.';
COMMENT ON COLUMN zs.signal_suggestion.state IS 'Open, made into a signal, or set aside.';
COMMENT ON COLUMN zs.signal_suggestion.signal_id IS 'The signal that it became.';
COMMENT ON COLUMN zs.signal_suggestion.reason IS 'Why it was set aside.';
COMMENT ON COLUMN zs.signal_suggestion.created_at IS 'When it was found first.';
COMMENT ON COLUMN zs.signal_suggestion.seen_at IS 'When it was found last.';
COMMENT ON COLUMN zs.signal_suggestion.decided_at IS 'When somebody decided on it; NULL: nobody did.';
COMMENT ON COLUMN zs.signal_suggestion.decided_by IS 'Label of who did.';
COMMENT ON CONSTRAINT signal_suggestion_decided ON zs.signal_suggestion IS 'Of what was decided is known by whom, and where it went or why not.';
CREATE INDEX signal_suggestion_open ON zs.signal_suggestion (id) WHERE state = 'open' AND holds;
COMMENT ON INDEX zs.signal_suggestion_open IS 'What is proposed now.';

GRANT SELECT ON zs.signal_suggestion TO zs_staff;
GRANT INSERT (round_id, rule, subject, application, value, figures),
  UPDATE (figures, holds, state, signal_id, reason, seen_at, decided_at, decided_by) ON zs.signal_suggestion TO zs_staff;
