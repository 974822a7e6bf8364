-- oldest-binary: 0.1.0
--
-- Marks of what was said about a signal: internal, until somebody says that everybody may read it. A note never changes, and neither does
-- what was said of it: the newest mark counts.

CREATE TABLE zs.signal_note_mark (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  note_id int NOT NULL REFERENCES zs.signal_note (id),
  is_public boolean NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT now(),
  marked_by text NOT NULL CHECK (length(marked_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.signal_note_mark IS 'Whether everybody may read a note of a discussion. Without a mark it is internal.';
COMMENT ON COLUMN zs.signal_note_mark.id IS 'Row; the highest of a note counts.';
COMMENT ON COLUMN zs.signal_note_mark.note_id IS 'The note.';
COMMENT ON COLUMN zs.signal_note_mark.is_public IS 'Everybody may read it, without who wrote it, while its signal is public.';
COMMENT ON COLUMN zs.signal_note_mark.marked_at IS 'When it was marked.';
COMMENT ON COLUMN zs.signal_note_mark.marked_by IS 'Label of who did.';
CREATE INDEX signal_note_mark_note ON zs.signal_note_mark (note_id, id);
COMMENT ON INDEX zs.signal_note_mark_note IS 'The newest of a note.';
CREATE TRIGGER signal_note_mark_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.signal_note_mark
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT ON zs.signal_note_mark TO zs_staff;
GRANT INSERT (note_id, is_public, marked_by) ON zs.signal_note_mark TO zs_staff;
GRANT SELECT (id, note_id, is_public) ON zs.signal_note_mark TO zs_results;
GRANT SELECT (id, signal_id, body, created_at) ON zs.signal_note TO zs_results;
