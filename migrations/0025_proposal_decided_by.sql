-- oldest-binary: 0.1.0
--
-- What 0016 said of this column was wrong: publishing by command decides about no proposal.

COMMENT ON COLUMN zs.proposal.decided_by IS 'zs.account.id of who approved, refused or withdrew it, or proposed what superseded it; NULL while it stands.';
