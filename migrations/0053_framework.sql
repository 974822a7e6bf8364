-- oldest-binary: 0.1.0
--
-- The assessment framework (afwegingskader): a sheet of an application, written section by section, and the versions of it that were put
-- forward. The text of a version never changes; everybody reads it once it was approved. What an argument rests on is kept beside the text,
-- by number alone, so that who withdraws is gone from here too.

CREATE TABLE zs.framework (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  application text NOT NULL CHECK (application ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(application) <= 100),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  state text NOT NULL DEFAULT 'concept' CHECK (state IN ('concept', 'voorgelegd', 'vastgesteld', 'teruggelegd')),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  writers text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  CONSTRAINT framework_one UNIQUE (consultation, application)
);
COMMENT ON TABLE zs.framework IS 'A sheet that weighs one application of biotechnology, as it is being written.';
COMMENT ON COLUMN zs.framework.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.framework.consultation IS 'The consultation that it rests on.';
COMMENT ON COLUMN zs.framework.application IS 'Code of the application, as the code book and the questionnaire have it.';
COMMENT ON COLUMN zs.framework.title IS 'What the application is called, in Dutch, when the sheet was begun.';
COMMENT ON COLUMN zs.framework.state IS 'concept: it is being written; else what happened to its newest version. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.framework.revision IS 'Rises with every change: who puts it forward names the one they read and fails on another.';
COMMENT ON COLUMN zs.framework.writers IS 'Labels of who wrote in it since a version of it was approved last: none of them may approve the next one.';
COMMENT ON COLUMN zs.framework.created_at IS 'When it was begun.';
COMMENT ON COLUMN zs.framework.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.framework.changed_at IS 'When anything of it was changed last.';
COMMENT ON COLUMN zs.framework.changed_by IS 'Label of who did.';
COMMENT ON CONSTRAINT framework_one ON zs.framework IS 'An application of a consultation has one sheet.';

CREATE TABLE zs.framework_section (
  framework_id int NOT NULL REFERENCES zs.framework (id),
  section text NOT NULL CHECK (section IN ('effecten', 'betrokkenen', 'gevolgen', 'aard', 'bewijs', 'argumenten', 'spanningen',
    'voorwaarden', 'minderheden', 'conclusie', 'afwijkend')),
  content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object' AND pg_column_size(content) <= 1048576),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  PRIMARY KEY (framework_id, section)
);
COMMENT ON TABLE zs.framework_section IS 'A section of a sheet as it is being written. Sections are saved apart, so that two people write at once. One without a row is empty.';
COMMENT ON COLUMN zs.framework_section.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_section.section IS 'Which section.';
COMMENT ON COLUMN zs.framework_section.content IS 'Its texts and choices by name; of a section that is a list {"laatste", "lijst"}, the highest number ever given and the entries.';
COMMENT ON COLUMN zs.framework_section.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.framework_section.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.framework_section.changed_by IS 'Label of who did.';

CREATE TABLE zs.framework_version (
  framework_id int NOT NULL REFERENCES zs.framework (id),
  number int NOT NULL CHECK (number > 0),
  document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
  state text NOT NULL DEFAULT 'voorgelegd' CHECK (state IN ('voorgelegd', 'vastgesteld', 'teruggelegd')),
  put_forward_at timestamptz NOT NULL DEFAULT now(),
  put_forward_by text NOT NULL CHECK (length(put_forward_by) BETWEEN 1 AND 200),
  written_by text[] NOT NULL DEFAULT '{}',
  ground text CHECK (ground IN ('tweede-persoon', 'overleg')),
  meeting_item_id int REFERENCES zs.meeting_item (id),
  told text CHECK (length(told) BETWEEN 1 AND 5000),
  decided_at timestamptz,
  decided_by text CHECK (length(decided_by) BETWEEN 1 AND 200),
  PRIMARY KEY (framework_id, number),
  CONSTRAINT framework_version_decided CHECK ((state = 'voorgelegd') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
  CONSTRAINT framework_version_ground CHECK ((state = 'vastgesteld') = (ground IS NOT NULL)),
  CONSTRAINT framework_version_meeting CHECK ((ground IS NOT DISTINCT FROM 'overleg') = (meeting_item_id IS NOT NULL)),
  CONSTRAINT framework_version_second CHECK (ground IS DISTINCT FROM 'tweede-persoon' OR (decided_by <> put_forward_by AND decided_by <> ALL (written_by))),
  CONSTRAINT framework_version_returned CHECK (state <> 'teruggelegd' OR told IS NOT NULL)
);
COMMENT ON TABLE zs.framework_version IS 'A sheet as it was put forward. Its text stays; one decision about it is added. Everybody reads those that were approved.';
COMMENT ON COLUMN zs.framework_version.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_version.number IS 'Counts from 1.';
COMMENT ON COLUMN zs.framework_version.document IS 'All sections, with the evidence by method as a public value map had it then. Never changes.';
COMMENT ON COLUMN zs.framework_version.state IS 'Put forward, approved (and public), or given back.';
COMMENT ON COLUMN zs.framework_version.put_forward_at IS 'When it was put forward.';
COMMENT ON COLUMN zs.framework_version.put_forward_by IS 'Label of who did. Not public.';
COMMENT ON COLUMN zs.framework_version.written_by IS 'Labels of who wrote in it since the version before it that was approved. Not public.';
COMMENT ON COLUMN zs.framework_version.ground IS 'Who approved it: a second person, or a meeting; NULL: nobody.';
COMMENT ON COLUMN zs.framework_version.meeting_item_id IS 'Where a meeting approved it; NULL: none did.';
COMMENT ON COLUMN zs.framework_version.told IS 'Why it was given back, or a word with the approval; NULL: nothing was said. Not public.';
COMMENT ON COLUMN zs.framework_version.decided_at IS 'When it was approved or given back; NULL: neither.';
COMMENT ON COLUMN zs.framework_version.decided_by IS 'Label of who noted that. Not public.';
COMMENT ON CONSTRAINT framework_version_decided ON zs.framework_version IS 'What was decided has a time and somebody who noted it.';
COMMENT ON CONSTRAINT framework_version_ground ON zs.framework_version IS 'An approval, and nothing else, says who approved.';
COMMENT ON CONSTRAINT framework_version_meeting ON zs.framework_version IS 'A meeting''s approval, and nothing else, names the item.';
COMMENT ON CONSTRAINT framework_version_second ON zs.framework_version IS 'Nobody is the second person of what they put forward or wrote.';
COMMENT ON CONSTRAINT framework_version_returned ON zs.framework_version IS 'Giving back says why.';

CREATE TABLE zs.framework_passage (
  framework_id int NOT NULL,
  number int NOT NULL,
  argument int NOT NULL CHECK (argument > 0),
  passage_id bigint NOT NULL,
  cleared boolean NOT NULL,
  PRIMARY KEY (framework_id, number, argument, passage_id),
  FOREIGN KEY (framework_id, number) REFERENCES zs.framework_version (framework_id, number)
);
COMMENT ON TABLE zs.framework_passage IS 'What the arguments of a version rest on: passages by their number alone.';
COMMENT ON COLUMN zs.framework_passage.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_passage.number IS 'The version.';
COMMENT ON COLUMN zs.framework_passage.argument IS 'The number of the argument in it.';
COMMENT ON COLUMN zs.framework_passage.passage_id IS 'zs.evidence.id. No foreign key: the text may go, and then this says that there was one.';
COMMENT ON COLUMN zs.framework_passage.cleared IS 'When it was put forward nothing in it looked like personal data that nobody had decided about.';
CREATE INDEX framework_passage_by_passage ON zs.framework_passage (passage_id);
COMMENT ON INDEX zs.framework_passage_by_passage IS 'For what rests on a passage.';

CREATE VIEW zs.framework_public AS
  SELECT f.id AS framework_id, f.consultation, c.invented, f.application, f.title, v.number, v.document, v.put_forward_at, v.decided_at, v.ground,
    v.meeting_item_id
  FROM zs.framework_version AS v JOIN zs.framework AS f ON f.id = v.framework_id JOIN zs.consultation AS c ON c.code = f.consultation
  WHERE v.state = 'vastgesteld';
COMMENT ON VIEW zs.framework_public IS 'Versions of sheets that were approved, as far as everybody may read them.';
COMMENT ON COLUMN zs.framework_public.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_public.consultation IS 'Its consultation.';
COMMENT ON COLUMN zs.framework_public.invented IS 'Of invented data.';
COMMENT ON COLUMN zs.framework_public.application IS 'Code of the application.';
COMMENT ON COLUMN zs.framework_public.title IS 'What it is called, in Dutch.';
COMMENT ON COLUMN zs.framework_public.number IS 'The version.';
COMMENT ON COLUMN zs.framework_public.document IS 'All sections.';
COMMENT ON COLUMN zs.framework_public.put_forward_at IS 'When it was put forward.';
COMMENT ON COLUMN zs.framework_public.decided_at IS 'When it was approved.';
COMMENT ON COLUMN zs.framework_public.ground IS 'By whom: a second person, or a meeting.';
COMMENT ON COLUMN zs.framework_public.meeting_item_id IS 'Where a meeting did; NULL: none.';

CREATE VIEW zs.framework_quote AS
  SELECT p.framework_id, p.number, v.state = 'vastgesteld' AS is_public, p.argument, p.passage_id, e.id IS NOT NULL AS stands,
    CASE WHEN p.cleared AND e.quotes AND length(e.body) <= 1000 THEN e.language END AS language,
    CASE WHEN p.cleared AND e.quotes AND length(e.body) <= 1000 THEN e.body END AS body
  FROM zs.framework_passage AS p JOIN zs.framework_version AS v ON v.framework_id = p.framework_id AND v.number = p.number
    LEFT JOIN LATERAL (SELECT x.id, x.language, x.body, x.quotes FROM zs.evidence AS x WHERE x.id = p.passage_id AND x.kind <> 'weggelaten'
      OFFSET 0) AS e ON true;
COMMENT ON VIEW zs.framework_quote IS 'What the arguments of versions rest on, now: whether it still stands, and the words where they may be quoted, hold no personal data that nobody decided about, and are at most 1,000 code points: a quote is shown whole or not at all.';
COMMENT ON COLUMN zs.framework_quote.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_quote.number IS 'The version.';
COMMENT ON COLUMN zs.framework_quote.is_public IS 'The version was approved.';
COMMENT ON COLUMN zs.framework_quote.argument IS 'The argument in it.';
COMMENT ON COLUMN zs.framework_quote.passage_id IS 'The passage.';
COMMENT ON COLUMN zs.framework_quote.stands IS 'It may be used. False: who said it withdrew, or it is gone.';
COMMENT ON COLUMN zs.framework_quote.language IS 'Of the words; NULL where there are none.';
COMMENT ON COLUMN zs.framework_quote.body IS 'The words; NULL: they may not be quoted.';

CREATE VIEW zs.framework_public_quote AS
  SELECT q.framework_id, q.number, q.argument, q.passage_id, q.stands, q.language, q.body FROM zs.framework_quote AS q WHERE q.is_public;
COMMENT ON VIEW zs.framework_public_quote IS 'zs.framework_quote of versions that were approved.';
COMMENT ON COLUMN zs.framework_public_quote.framework_id IS 'The sheet.';
COMMENT ON COLUMN zs.framework_public_quote.number IS 'The version.';
COMMENT ON COLUMN zs.framework_public_quote.argument IS 'The argument in it.';
COMMENT ON COLUMN zs.framework_public_quote.passage_id IS 'The passage. For order alone: it is told to nobody.';
COMMENT ON COLUMN zs.framework_public_quote.stands IS 'It may be used. False: who said it withdrew, or it is gone.';
COMMENT ON COLUMN zs.framework_public_quote.language IS 'Of the words; NULL where there are none.';
COMMENT ON COLUMN zs.framework_public_quote.body IS 'The words; NULL: they may not be quoted.';

GRANT SELECT ON zs.framework, zs.framework_section, zs.framework_version, zs.framework_passage TO zs_staff;
GRANT INSERT (consultation, application, title, created_by, changed_by), UPDATE (state, revision, writers, changed_at, changed_by) ON zs.framework TO zs_staff;
GRANT INSERT (framework_id, section, content, changed_by), UPDATE (content, revision, changed_at, changed_by) ON zs.framework_section TO zs_staff;
GRANT INSERT (framework_id, number, document, put_forward_by, written_by),
  UPDATE (state, ground, meeting_item_id, told, decided_at, decided_by) ON zs.framework_version TO zs_staff;
GRANT INSERT ON zs.framework_passage TO zs_staff;
GRANT SELECT ON zs.framework_public, zs.framework_quote, zs.framework_public_quote TO zs_staff;
GRANT SELECT ON zs.framework_public, zs.framework_public_quote TO zs_results;
