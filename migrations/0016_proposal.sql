-- oldest-binary: 0.1.0
--
-- Publishing by two people: what somebody proposed, byte for byte, until another approves or refuses it.

CREATE TABLE zs.proposal (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL CHECK (length(consultation) BETWEEN 1 AND 64),
  opens text CHECK (length(opens) BETWEEN 1 AND 64),
  document text NOT NULL CHECK (octet_length(document) BETWEEN 1 AND 4194304),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  based_on timestamptz,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn', 'superseded')),
  proposed_by int NOT NULL REFERENCES zs.account (id),
  proposed_at timestamptz NOT NULL,
  decided_by int REFERENCES zs.account (id),
  decided_at timestamptz,
  CONSTRAINT proposal_decided_at_once CHECK ((decided_at IS NULL) = (state = 'proposed')),
  CONSTRAINT proposal_approved_by_another CHECK (state NOT IN ('approved', 'refused') OR decided_by <> proposed_by),
  CONSTRAINT proposal_decided_by_somebody CHECK (state NOT IN ('approved', 'refused') OR decided_by IS NOT NULL)
);
CREATE UNIQUE INDEX proposal_one_stands ON zs.proposal (consultation) WHERE state = 'proposed';
COMMENT ON TABLE zs.proposal IS 'Consultations that somebody proposed to publish. Another publishes them, or does not.';
COMMENT ON COLUMN zs.proposal.id IS 'Its number in addresses and on the audit log.';
COMMENT ON COLUMN zs.proposal.consultation IS 'Code of the consultation; it may not be published yet.';
COMMENT ON COLUMN zs.proposal.opens IS 'Code of the round that is opened as well when it is approved; NULL: none.';
COMMENT ON COLUMN zs.proposal.document IS 'The package as it was proposed: what is approved is this text and no other.';
COMMENT ON COLUMN zs.proposal.sha256 IS 'SHA-256 of the document, which both people are shown.';
COMMENT ON COLUMN zs.proposal.based_on IS 'zs.consultation.published_at when it was proposed; NULL: was not published yet. Another by now: it cannot be approved any more.';
COMMENT ON COLUMN zs.proposal.state IS 'proposed; approved (published), refused, withdrawn by its proposer, or superseded by a newer one or by another publication.';
COMMENT ON COLUMN zs.proposal.proposed_by IS 'zs.account.id of who proposed it.';
COMMENT ON COLUMN zs.proposal.proposed_at IS 'When it was proposed.';
COMMENT ON COLUMN zs.proposal.decided_by IS 'zs.account.id of who decided; for one that was superseded, of who did so, NULL for the command.';
COMMENT ON COLUMN zs.proposal.decided_at IS 'When it was decided; NULL while it stands.';
COMMENT ON CONSTRAINT proposal_decided_at_once ON zs.proposal IS 'Decided, and when.';
COMMENT ON CONSTRAINT proposal_approved_by_another ON zs.proposal IS 'Two people: nobody decides about what they proposed themselves.';
COMMENT ON CONSTRAINT proposal_decided_by_somebody ON zs.proposal IS 'And it is known by whom.';
COMMENT ON INDEX zs.proposal_one_stands IS 'At most one stands of a consultation.';

GRANT SELECT, INSERT ON zs.proposal TO zs_staff;
GRANT UPDATE (state, decided_by, decided_at) ON zs.proposal TO zs_staff;
