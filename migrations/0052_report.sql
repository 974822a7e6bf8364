-- oldest-binary: 0.1.0
--
-- Reports of the maatschappelijke tafel: how each comes about, and the document that was signed and made public, which never changes.
-- Beside them what others found, which is shown with our own and never mixed with it.

CREATE TABLE zs.report (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('ronde', 'jaar')),
  round_id int REFERENCES zs.round (id),
  year int CHECK (year BETWEEN 2026 AND 2200),
  consultation text CHECK (length(consultation) BETWEEN 1 AND 40),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  foreword text NOT NULL DEFAULT '' CHECK (length(foreword) <= 10000),
  summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 10000),
  summary_en text NOT NULL DEFAULT '' CHECK (length(summary_en) <= 10000),
  remarks jsonb NOT NULL DEFAULT '{}',
  quotes bigint[] NOT NULL DEFAULT '{}' CHECK (cardinality(quotes) <= 50),
  state text NOT NULL DEFAULT 'concept'
    CHECK (state IN ('concept', 'voorgelegd', 'goedgekeurd', 'gepubliceerd', 'ingetrokken', 'vervallen')),
  releases jsonb NOT NULL DEFAULT '{}',
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  CONSTRAINT report_of_one CHECK ((kind = 'ronde') = (round_id IS NOT NULL) AND (kind = 'jaar') = (year IS NOT NULL))
);
COMMENT ON TABLE zs.report IS 'A report of the table: of a round, or of a year. What was made public of it is in zs.report_document.';
COMMENT ON COLUMN zs.report.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.report.kind IS 'Of a round, or of a year.';
COMMENT ON COLUMN zs.report.round_id IS 'zs.round.id; NULL: it is of a year.';
COMMENT ON COLUMN zs.report.year IS 'The year; NULL: it is of a round.';
COMMENT ON COLUMN zs.report.consultation IS 'Of a year: the one consultation that it is about; NULL: all of them.';
COMMENT ON COLUMN zs.report.title IS 'Its title, in Dutch.';
COMMENT ON COLUMN zs.report.foreword IS 'What the secretary says first, in Markdown.';
COMMENT ON COLUMN zs.report.summary IS 'A summary for everybody, in Dutch at B1, in Markdown.';
COMMENT ON COLUMN zs.report.summary_en IS 'The same in English.';
COMMENT ON COLUMN zs.report.remarks IS 'What the secretary says of a section, by its code.';
COMMENT ON COLUMN zs.report.quotes IS 'zs.evidence.id of passages that it quotes, as far as they may be quoted when it is made public.';
COMMENT ON COLUMN zs.report.state IS 'How far it is. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.report.releases IS 'The release of each round, by its code, that stood when it was put forward: who approves it approves these.';
COMMENT ON COLUMN zs.report.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.report.created_at IS 'When it was begun.';
COMMENT ON COLUMN zs.report.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.report.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.report.changed_by IS 'Label of who did.';
COMMENT ON CONSTRAINT report_of_one ON zs.report IS 'It is of a round or of a year.';

CREATE TABLE zs.report_step (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  report_id int NOT NULL REFERENCES zs.report (id),
  from_state text NOT NULL,
  to_state text NOT NULL,
  told text CHECK (length(told) BETWEEN 1 AND 2000),
  approved jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT report_step_approved CHECK ((to_state = 'goedgekeurd') = (approved IS NOT NULL))
);
COMMENT ON TABLE zs.report_step IS 'From which state to which a report went, and why.';
COMMENT ON COLUMN zs.report_step.id IS 'Row; a later step has a higher number.';
COMMENT ON COLUMN zs.report_step.report_id IS 'The report.';
COMMENT ON COLUMN zs.report_step.from_state IS 'The state that it left; that of one that was begun is empty.';
COMMENT ON COLUMN zs.report_step.to_state IS 'The state that it came to.';
COMMENT ON COLUMN zs.report_step.told IS 'Why; public where it was withdrawn. NULL: nothing was said.';
COMMENT ON COLUMN zs.report_step.approved IS 'Of an approval the SHA-256 of what was approved, whole and by section, and the passages that it quoted: what is made public is held against it. NULL: another step.';
COMMENT ON COLUMN zs.report_step.created_at IS 'When.';
COMMENT ON COLUMN zs.report_step.created_by IS 'Label of who took it.';
COMMENT ON CONSTRAINT report_step_approved ON zs.report_step IS 'An approval, and nothing else, says of what.';
CREATE INDEX report_step_report ON zs.report_step (report_id, id);
COMMENT ON INDEX zs.report_step_report IS 'The steps of a report.';
CREATE TRIGGER report_step_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.report_step
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.report_document (
  report_id int PRIMARY KEY REFERENCES zs.report (id),
  document bytea NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  verifying_key bytea NOT NULL CHECK (octet_length(verifying_key) = 32),
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL CHECK (length(published_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.report_document IS 'What was made public of a report: canonical JSON, signed. It never changes; one that is withdrawn stays.';
COMMENT ON COLUMN zs.report_document.report_id IS 'The report.';
COMMENT ON COLUMN zs.report_document.document IS 'Canonical JSON (RFC 8785), as it was signed, byte for byte.';
COMMENT ON COLUMN zs.report_document.sha256 IS 'Of the document.';
COMMENT ON COLUMN zs.report_document.signature IS 'Ed25519 over the document.';
COMMENT ON COLUMN zs.report_document.verifying_key IS 'The public half of the key that signed.';
COMMENT ON COLUMN zs.report_document.published_at IS 'When it was made public.';
COMMENT ON COLUMN zs.report_document.published_by IS 'Label of who did.';
CREATE TRIGGER report_document_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.report_document
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.external_source (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.external_source IS 'A finding of others. What is known of it is in zs.external_source_version.';
COMMENT ON COLUMN zs.external_source.id IS 'Its number.';
COMMENT ON COLUMN zs.external_source.created_at IS 'When it was entered.';
COMMENT ON COLUMN zs.external_source.created_by IS 'Label of who did.';

CREATE TABLE zs.external_source_version (
  source_id int NOT NULL REFERENCES zs.external_source (id),
  revision int NOT NULL CHECK (revision > 0),
  who text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
  method text NOT NULL CHECK (length(method) BETWEEN 1 AND 1000),
  population text NOT NULL CHECK (length(population) BETWEEN 1 AND 1000),
  wording text NOT NULL CHECK (length(wording) BETWEEN 1 AND 2000),
  figure text NOT NULL CHECK (length(figure) BETWEEN 1 AND 500),
  page text NOT NULL CHECK (length(page) BETWEEN 1 AND 100),
  link text NOT NULL DEFAULT '' CHECK (length(link) <= 1000),
  applications text[] NOT NULL DEFAULT '{}' CHECK (cardinality(applications) <= 200),
  consultation text CHECK (length(consultation) BETWEEN 1 AND 40),
  removed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  PRIMARY KEY (source_id, revision)
);
COMMENT ON TABLE zs.external_source_version IS 'What is known of a finding of others: the highest revision holds, all are its history. It is shown beside our own figures and never reckoned with.';
COMMENT ON COLUMN zs.external_source_version.source_id IS 'The finding.';
COMMENT ON COLUMN zs.external_source_version.revision IS 'From 1.';
COMMENT ON COLUMN zs.external_source_version.who IS 'Who found it.';
COMMENT ON COLUMN zs.external_source_version.title IS 'The publication that it stands in.';
COMMENT ON COLUMN zs.external_source_version.year IS 'When that came out.';
COMMENT ON COLUMN zs.external_source_version.method IS 'How they asked.';
COMMENT ON COLUMN zs.external_source_version.population IS 'Whom they asked, and how many.';
COMMENT ON COLUMN zs.external_source_version.wording IS 'The question in their words.';
COMMENT ON COLUMN zs.external_source_version.figure IS 'What they found, as they write it: a text, so that nothing reckons with it.';
COMMENT ON COLUMN zs.external_source_version.page IS 'The page that it stands on.';
COMMENT ON COLUMN zs.external_source_version.link IS 'Where the publication is to be had; empty: nowhere.';
COMMENT ON COLUMN zs.external_source_version.applications IS 'Codes of the applications that it is about; none: of all.';
COMMENT ON COLUMN zs.external_source_version.consultation IS 'The consultation beside which it is shown; NULL: every one.';
COMMENT ON COLUMN zs.external_source_version.removed IS 'It is not shown any more.';
COMMENT ON COLUMN zs.external_source_version.created_at IS 'When this was written down.';
COMMENT ON COLUMN zs.external_source_version.created_by IS 'Label of who did.';
CREATE TRIGGER external_source_version_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.external_source_version
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT ON zs.report, zs.report_step, zs.report_document, zs.external_source, zs.external_source_version TO zs_staff;
GRANT INSERT (kind, round_id, year, consultation, title, created_by, changed_by),
  UPDATE (title, foreword, summary, summary_en, remarks, quotes, state, releases, revision, changed_at, changed_by) ON zs.report TO zs_staff;
GRANT INSERT (report_id, from_state, to_state, told, approved, created_by) ON zs.report_step TO zs_staff;
GRANT INSERT (report_id, document, sha256, signature, verifying_key, published_by) ON zs.report_document TO zs_staff;
GRANT INSERT (created_by) ON zs.external_source TO zs_staff;
GRANT INSERT (source_id, revision, who, title, year, method, population, wording, figure, page, link, applications, consultation, removed,
  created_by) ON zs.external_source_version TO zs_staff;
GRANT SELECT (id, kind, round_id, year, consultation, title, state, created_at) ON zs.report TO zs_results;
GRANT SELECT (id, report_id, from_state, to_state, told, created_at) ON zs.report_step TO zs_results;
GRANT SELECT (report_id, document, sha256, signature, verifying_key, published_at) ON zs.report_document TO zs_results;
GRANT SELECT (source_id, revision, who, title, year, method, population, wording, figure, page, link, applications, consultation, removed, created_at)
  ON zs.external_source_version TO zs_results;
-- A report names the release that it is made of, and staff make it.
GRANT SELECT ON zs.release TO zs_staff;
