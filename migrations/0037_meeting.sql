-- oldest-binary: 0.1.0
--
-- Meetings of a table: agenda, papers, who was there, declared interests, what was decided on each item with who thought otherwise, and
-- action points. A decision is never changed; what comes up again stands on the agenda of another meeting. From here on, a signal that
-- was weighed in a meeting names the item of the agenda at which it was.

CREATE TABLE zs.meeting (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_id int NOT NULL REFERENCES zs.tafel_table (id),
  day date NOT NULL,
  place text CHECK (length(place) BETWEEN 1 AND 200),
  state text NOT NULL DEFAULT 'gepland' CHECK (state IN ('gepland', 'gehouden', 'vastgesteld', 'afgelast')),
  cancelled_why text CHECK (length(cancelled_why) BETWEEN 1 AND 1000),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  CONSTRAINT meeting_cancelled CHECK ((state = 'afgelast') = (cancelled_why IS NOT NULL))
);
COMMENT ON TABLE zs.meeting IS 'A meeting of a table. Once its list of decisions is adopted, it is public as far as it is marked so.';
COMMENT ON COLUMN zs.meeting.id IS 'Its number.';
COMMENT ON COLUMN zs.meeting.table_id IS 'The table that meets.';
COMMENT ON COLUMN zs.meeting.day IS 'The day.';
COMMENT ON COLUMN zs.meeting.place IS 'Where; NULL: that was not written down.';
COMMENT ON COLUMN zs.meeting.state IS 'Planned, held, list of decisions adopted, or cancelled.';
COMMENT ON COLUMN zs.meeting.cancelled_why IS 'Why it was cancelled.';
COMMENT ON COLUMN zs.meeting.revision IS 'Rises with every change of anything of it: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.meeting.created_at IS 'When it was planned.';
COMMENT ON COLUMN zs.meeting.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.meeting.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.meeting.changed_by IS 'Label of who did.';
COMMENT ON CONSTRAINT meeting_cancelled ON zs.meeting IS 'What is cancelled, and nothing else, has a reason for it.';
CREATE INDEX meeting_day ON zs.meeting (day, id);
COMMENT ON INDEX zs.meeting_day IS 'Meetings in their order; the next one.';

CREATE TABLE zs.meeting_item (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id int NOT NULL REFERENCES zs.meeting (id),
  signal_id int REFERENCES zs.signal (id),
  title text CHECK (length(title) BETWEEN 1 AND 200),
  is_public boolean NOT NULL DEFAULT false,
  decision text CHECK (decision IN ('gewogen', 'niet-doorgeleid', 'aangehouden', 'besloten', 'besproken')),
  told text CHECK (length(told) BETWEEN 1 AND 5000),
  dissent text CHECK (length(dissent) BETWEEN 1 AND 2000),
  members int CHECK (members >= 0),
  sides int CHECK (sides BETWEEN 0 AND 4),
  quorum int CHECK (quorum > 0),
  quorum_sides int CHECK (quorum_sides BETWEEN 1 AND 4),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  decided_at timestamptz,
  decided_by text CHECK (length(decided_by) BETWEEN 1 AND 200),
  UNIQUE (meeting_id, signal_id),
  CONSTRAINT meeting_item_about CHECK ((signal_id IS NULL) = (title IS NOT NULL)),
  CONSTRAINT meeting_item_decided CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
    AND (decision IS NULL) = (members IS NULL) AND (decision IS NULL) = (sides IS NULL) AND (decision IS NULL) = (quorum IS NULL)
    AND (decision IS NULL) = (quorum_sides IS NULL)),
  CONSTRAINT meeting_item_quorum CHECK (decision IS NULL OR decision IN ('aangehouden', 'besproken') OR (members >= quorum AND sides >= quorum_sides)),
  CONSTRAINT meeting_item_reason CHECK (decision IS NULL OR decision NOT IN ('niet-doorgeleid', 'besloten') OR told IS NOT NULL)
);
COMMENT ON TABLE zs.meeting_item IS 'The agenda of a meeting, in order of the rows, and what was decided.';
COMMENT ON COLUMN zs.meeting_item.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.meeting_item.meeting_id IS 'The meeting.';
COMMENT ON COLUMN zs.meeting_item.signal_id IS 'The signal that is to be weighed; NULL: it is about something else.';
COMMENT ON COLUMN zs.meeting_item.title IS 'What it is about, where that is no signal.';
COMMENT ON COLUMN zs.meeting_item.is_public IS 'On the public list of decisions; a signal only while it is public itself.';
COMMENT ON COLUMN zs.meeting_item.decision IS 'What was decided; NULL: nothing yet.';
COMMENT ON COLUMN zs.meeting_item.told IS 'The decision in words, or its reason.';
COMMENT ON COLUMN zs.meeting_item.dissent IS 'Who thought otherwise, by side or organisation, and what; NULL: nobody did.';
COMMENT ON COLUMN zs.meeting_item.members IS 'How many members decided: those who were there and had declared no interest.';
COMMENT ON COLUMN zs.meeting_item.sides IS 'From how many sides they were.';
COMMENT ON COLUMN zs.meeting_item.quorum IS 'How many the table asked for then.';
COMMENT ON COLUMN zs.meeting_item.quorum_sides IS 'And from how many sides.';
COMMENT ON COLUMN zs.meeting_item.created_at IS 'When it was put on the agenda.';
COMMENT ON COLUMN zs.meeting_item.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.meeting_item.decided_at IS 'When the decision was written down.';
COMMENT ON COLUMN zs.meeting_item.decided_by IS 'Label of who did.';
COMMENT ON CONSTRAINT meeting_item_about ON zs.meeting_item IS 'It is about a signal, or has a title of its own.';
COMMENT ON CONSTRAINT meeting_item_decided ON zs.meeting_item IS 'Of a decision is known who wrote it down, and how many decided.';
COMMENT ON CONSTRAINT meeting_item_quorum ON zs.meeting_item IS 'Without a quorum a meeting may hold over and discuss, and nothing else.';
COMMENT ON CONSTRAINT meeting_item_reason ON zs.meeting_item IS 'What is not passed on has a reason.';
CREATE INDEX meeting_item_signal ON zs.meeting_item (signal_id, id);
COMMENT ON INDEX zs.meeting_item_signal IS 'The meetings of a signal.';

CREATE TABLE zs.meeting_paper (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id int NOT NULL REFERENCES zs.meeting (id),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  reference text NOT NULL CHECK (length(reference) BETWEEN 1 AND 500),
  is_public boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.meeting_paper IS 'Papers of a meeting: what they are called and where they are. Added to, never changed.';
COMMENT ON COLUMN zs.meeting_paper.id IS 'Row.';
COMMENT ON COLUMN zs.meeting_paper.meeting_id IS 'The meeting.';
COMMENT ON COLUMN zs.meeting_paper.title IS 'What it is called.';
COMMENT ON COLUMN zs.meeting_paper.reference IS 'Where it is: an address, or the number of a document.';
COMMENT ON COLUMN zs.meeting_paper.is_public IS 'On the public list of decisions; else it is internal.';
COMMENT ON COLUMN zs.meeting_paper.created_at IS 'When it was added.';
COMMENT ON COLUMN zs.meeting_paper.created_by IS 'Label of who did.';
CREATE INDEX meeting_paper_meeting ON zs.meeting_paper (meeting_id, id);
COMMENT ON INDEX zs.meeting_paper_meeting IS 'The papers of a meeting.';

CREATE TABLE zs.meeting_attendance (
  meeting_id int NOT NULL REFERENCES zs.meeting (id),
  member_id int NOT NULL REFERENCES zs.tafel_member (id),
  present boolean NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  noted_by text NOT NULL CHECK (length(noted_by) BETWEEN 1 AND 200),
  PRIMARY KEY (meeting_id, member_id)
);
COMMENT ON TABLE zs.meeting_attendance IS 'Which members were there.';
COMMENT ON COLUMN zs.meeting_attendance.meeting_id IS 'The meeting.';
COMMENT ON COLUMN zs.meeting_attendance.member_id IS 'The member.';
COMMENT ON COLUMN zs.meeting_attendance.present IS 'Whether they were there.';
COMMENT ON COLUMN zs.meeting_attendance.noted_at IS 'When it was written down.';
COMMENT ON COLUMN zs.meeting_attendance.noted_by IS 'Label of who did.';

CREATE TABLE zs.meeting_interest (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id int NOT NULL REFERENCES zs.meeting (id),
  member_id int NOT NULL REFERENCES zs.tafel_member (id),
  item_id int REFERENCES zs.meeting_item (id),
  told text NOT NULL CHECK (length(told) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.meeting_interest IS 'Interests that members declared. Who has one does not count for the quorum of what it is in. Added to, never changed.';
COMMENT ON COLUMN zs.meeting_interest.id IS 'Row.';
COMMENT ON COLUMN zs.meeting_interest.meeting_id IS 'The meeting.';
COMMENT ON COLUMN zs.meeting_interest.member_id IS 'Whose interest it is.';
COMMENT ON COLUMN zs.meeting_interest.item_id IS 'The item that it is in; NULL: all of the meeting.';
COMMENT ON COLUMN zs.meeting_interest.told IS 'Which interest.';
COMMENT ON COLUMN zs.meeting_interest.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.meeting_interest.created_by IS 'Label of who did.';
CREATE INDEX meeting_interest_meeting ON zs.meeting_interest (meeting_id, id);
COMMENT ON INDEX zs.meeting_interest_meeting IS 'The interests of a meeting.';

CREATE TABLE zs.meeting_action (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id int NOT NULL REFERENCES zs.meeting (id),
  told text NOT NULL CHECK (length(told) BETWEEN 1 AND 1000),
  owner text NOT NULL CHECK (length(owner) BETWEEN 1 AND 200),
  due_day date NOT NULL,
  is_public boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  done_at timestamptz,
  done_by text CHECK (length(done_by) BETWEEN 1 AND 200),
  done_told text CHECK (length(done_told) BETWEEN 1 AND 1000),
  CONSTRAINT meeting_action_done CHECK ((done_at IS NULL) = (done_by IS NULL) AND (done_at IS NULL) = (done_told IS NULL))
);
COMMENT ON TABLE zs.meeting_action IS 'What somebody is to do after a meeting.';
COMMENT ON COLUMN zs.meeting_action.id IS 'Row.';
COMMENT ON COLUMN zs.meeting_action.meeting_id IS 'The meeting.';
COMMENT ON COLUMN zs.meeting_action.told IS 'What is to be done.';
COMMENT ON COLUMN zs.meeting_action.owner IS 'Who does it. Not public.';
COMMENT ON COLUMN zs.meeting_action.due_day IS 'Until when.';
COMMENT ON COLUMN zs.meeting_action.is_public IS 'On the public list of decisions, without who does it.';
COMMENT ON COLUMN zs.meeting_action.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.meeting_action.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.meeting_action.done_at IS 'When it was done; NULL: it was not.';
COMMENT ON COLUMN zs.meeting_action.done_by IS 'Label of who wrote that down.';
COMMENT ON COLUMN zs.meeting_action.done_told IS 'What came of it.';
COMMENT ON CONSTRAINT meeting_action_done ON zs.meeting_action IS 'Of what is done is known what came of it.';
CREATE INDEX meeting_action_meeting ON zs.meeting_action (meeting_id, id);
COMMENT ON INDEX zs.meeting_action_meeting IS 'The action points of a meeting.';
CREATE INDEX meeting_action_open ON zs.meeting_action (due_day, id) WHERE done_at IS NULL;
COMMENT ON INDEX zs.meeting_action_open IS 'What is still to be done, by day.';

ALTER TABLE zs.signal_step ADD COLUMN meeting_item_id int REFERENCES zs.meeting_item (id);
COMMENT ON COLUMN zs.signal_step.meeting_item_id IS 'Of a decision of a meeting, the item of its agenda; NULL: it rests on a mandate, on nothing, or is older than meetings are kept.';
ALTER TABLE zs.signal_step ADD CONSTRAINT signal_step_meeting CHECK (ground IS DISTINCT FROM 'overleg' OR meeting_item_id IS NOT NULL) NOT VALID;
COMMENT ON CONSTRAINT signal_step_meeting ON zs.signal_step IS 'What a meeting decided stands on the agenda of that meeting. Not asked of rows that are older.';
CREATE INDEX signal_step_item ON zs.signal_step (meeting_item_id) WHERE meeting_item_id IS NOT NULL;
COMMENT ON INDEX zs.signal_step_item IS 'What a decision led to.';

CREATE TRIGGER meeting_paper_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.meeting_paper
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER meeting_interest_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.meeting_interest
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT ON zs.meeting, zs.meeting_item, zs.meeting_paper, zs.meeting_attendance, zs.meeting_interest, zs.meeting_action TO zs_staff;
GRANT INSERT (table_id, day, place, created_by, changed_by), UPDATE (day, place, state, cancelled_why, revision, changed_at, changed_by) ON zs.meeting TO zs_staff;
GRANT INSERT (meeting_id, signal_id, title, is_public, created_by),
  UPDATE (decision, told, dissent, members, sides, quorum, quorum_sides, decided_at, decided_by) ON zs.meeting_item TO zs_staff;
GRANT INSERT (meeting_id, title, reference, is_public, created_by) ON zs.meeting_paper TO zs_staff;
GRANT INSERT (meeting_id, member_id, present, noted_by), UPDATE (present, noted_at, noted_by) ON zs.meeting_attendance TO zs_staff;
GRANT INSERT (meeting_id, member_id, item_id, told, created_by) ON zs.meeting_interest TO zs_staff;
GRANT INSERT (meeting_id, told, owner, due_day, is_public, created_by), UPDATE (done_at, done_by, done_told) ON zs.meeting_action TO zs_staff;
GRANT INSERT (meeting_item_id) ON zs.signal_step TO zs_staff;
GRANT SELECT (id, title) ON zs.tafel_table TO zs_results;
GRANT SELECT (id, table_id, organisation, side) ON zs.tafel_member TO zs_results;
GRANT SELECT (id, table_id, day, state) ON zs.meeting TO zs_results;
GRANT SELECT (id, meeting_id, signal_id, title, is_public, decision, told, dissent, members, sides) ON zs.meeting_item TO zs_results;
GRANT SELECT (id, meeting_id, title, reference, is_public) ON zs.meeting_paper TO zs_results;
GRANT SELECT (meeting_id, member_id, present) ON zs.meeting_attendance TO zs_results;
GRANT SELECT (id, meeting_id, told, due_day, is_public, done_told) ON zs.meeting_action TO zs_results;
