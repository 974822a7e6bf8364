-- oldest-binary: 0.1.0
--
-- People who work here: accounts, their roles by consultation, what they sign in with, and where they are signed in. Nothing of the
-- machines they use is kept but the kind of browser.

CREATE TABLE zs.account (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CONSTRAINT account_name_unique UNIQUE
    CONSTRAINT account_name CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
COMMENT ON TABLE zs.account IS 'One person who works here; never a group. Accounts are disabled, never deleted: the audit log names them.';
COMMENT ON COLUMN zs.account.id IS 'What other tables call it by.';
COMMENT ON COLUMN zs.account.name IS 'What the person signs in with; the actor in the audit log.';
COMMENT ON COLUMN zs.account.created_at IS 'When it was made.';
COMMENT ON COLUMN zs.account.disabled_at IS 'From when on it cannot be used; NULL while it can.';
COMMENT ON CONSTRAINT account_name ON zs.account IS 'Lower case, so that there are no two that look alike; fit for a log line.';
COMMENT ON INDEX zs.account_name_unique IS 'For signing in.';

CREATE TABLE zs.account_role (
  account_id int NOT NULL REFERENCES zs.account,
  role text NOT NULL
    CONSTRAINT account_role_known CHECK (role IN ('beheerder', 'onderzoeker', 'codeur', 'analist', 'tafelsecretaris', 'lezer')),
  consultation text REFERENCES zs.consultation,
  CONSTRAINT account_role_once UNIQUE NULLS NOT DISTINCT (account_id, role, consultation)
);
COMMENT ON TABLE zs.account_role IS 'What an account is, and of which consultation. What a role may do stands in the program.';
COMMENT ON COLUMN zs.account_role.account_id IS 'Whose role it is.';
COMMENT ON COLUMN zs.account_role.role IS 'The role.';
COMMENT ON COLUMN zs.account_role.consultation IS 'Where it holds; NULL: for every consultation and for the service itself.';
COMMENT ON CONSTRAINT account_role_known ON zs.account_role IS 'The roles that the program knows.';
COMMENT ON INDEX zs.account_role_once IS 'A role is held once in one place; for finding those of an account.';

CREATE TABLE zs.account_password (
  account_id int PRIMARY KEY REFERENCES zs.account,
  hash text NOT NULL CONSTRAINT account_password_argon2id CHECK (hash LIKE '$argon2id$v=19$%'),
  set_at timestamptz NOT NULL,
  one_time boolean NOT NULL,
  expires_at timestamptz,
  CONSTRAINT account_password_one_time CHECK (one_time = (expires_at IS NOT NULL))
);
COMMENT ON TABLE zs.account_password IS 'Hashes of passwords. Apart from zs.account, so that who reads names does not read these.';
COMMENT ON COLUMN zs.account_password.account_id IS 'Whose it is.';
COMMENT ON COLUMN zs.account_password.hash IS 'Argon2id, with its parameters and salt (PHC string).';
COMMENT ON COLUMN zs.account_password.set_at IS 'When it was chosen.';
COMMENT ON COLUMN zs.account_password.one_time IS 'Handed out by an administrator: its holder has to choose another first.';
COMMENT ON COLUMN zs.account_password.expires_at IS 'Until when one that was handed out works; NULL for one that its holder chose.';
COMMENT ON CONSTRAINT account_password_argon2id ON zs.account_password IS 'No other kind of hash, and never a password.';
COMMENT ON CONSTRAINT account_password_one_time ON zs.account_password IS 'What is handed out expires; what somebody chose does not.';

CREATE TABLE zs.account_totp (
  account_id int PRIMARY KEY REFERENCES zs.account,
  secret bytea NOT NULL,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0,
  failures int NOT NULL DEFAULT 0,
  failed_at timestamptz
);
COMMENT ON TABLE zs.account_totp IS 'Second factors: one-time codes (RFC 6238).';
COMMENT ON COLUMN zs.account_totp.account_id IS 'Whose it is.';
COMMENT ON COLUMN zs.account_totp.secret IS 'The shared secret, sealed under the root secret and bound to the account.';
COMMENT ON COLUMN zs.account_totp.confirmed_at IS 'When the first code was right; NULL: it was shown and does not count yet.';
COMMENT ON COLUMN zs.account_totp.last_step IS 'The time step of the last code that was used: neither it nor an earlier one is taken again.';
COMMENT ON COLUMN zs.account_totp.failures IS 'Wrong codes since the last right one, by who knew the password: from the fifth on each makes the next wait longer.';
COMMENT ON COLUMN zs.account_totp.failed_at IS 'When the last of them was.';

CREATE TABLE zs.account_recovery_code (
  hash bytea PRIMARY KEY CONSTRAINT account_recovery_code_hash CHECK (octet_length(hash) = 32),
  account_id int NOT NULL REFERENCES zs.account,
  used_at timestamptz
);
COMMENT ON TABLE zs.account_recovery_code IS 'Codes for who lost the second factor: each works once.';
COMMENT ON COLUMN zs.account_recovery_code.hash IS 'Keyed hash of the code and its account; the code was shown once.';
COMMENT ON COLUMN zs.account_recovery_code.account_id IS 'Whose it is.';
COMMENT ON COLUMN zs.account_recovery_code.used_at IS 'When it was used; NULL while it works.';
COMMENT ON CONSTRAINT account_recovery_code_hash ON zs.account_recovery_code IS 'A hash of ours.';
CREATE INDEX account_recovery_code_account ON zs.account_recovery_code (account_id);
COMMENT ON INDEX zs.account_recovery_code_account IS 'For counting and replacing those of an account.';

CREATE TABLE zs.account_session (
  hash bytea PRIMARY KEY CONSTRAINT account_session_hash CHECK (octet_length(hash) = 32),
  account_id int NOT NULL REFERENCES zs.account,
  id int GENERATED ALWAYS AS IDENTITY,
  factor_done boolean NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  label text NOT NULL CONSTRAINT account_session_label CHECK (label IN ('firefox', 'chrome', 'edge', 'safari', 'other'))
);
COMMENT ON TABLE zs.account_session IS 'Where somebody is signed in. A row is gone with the session.';
COMMENT ON COLUMN zs.account_session.hash IS 'Keyed hash of the token in the cookie; a new token at each step of signing in.';
COMMENT ON COLUMN zs.account_session.account_id IS 'Who is signed in.';
COMMENT ON COLUMN zs.account_session.id IS 'What its holder calls it by to end it; opens nothing.';
COMMENT ON COLUMN zs.account_session.factor_done IS 'Whether the second factor was shown.';
COMMENT ON COLUMN zs.account_session.created_at IS 'When the password was given.';
COMMENT ON COLUMN zs.account_session.seen_at IS 'When it was last used, to the minute.';
COMMENT ON COLUMN zs.account_session.expires_at IS 'When it ends, used or not.';
COMMENT ON COLUMN zs.account_session.label IS 'The kind of browser, and nothing else about the machine.';
COMMENT ON CONSTRAINT account_session_hash ON zs.account_session IS 'A hash of ours.';
COMMENT ON CONSTRAINT account_session_label ON zs.account_session IS 'Too coarse to tell machines apart.';
CREATE INDEX account_session_account ON zs.account_session (account_id);
COMMENT ON INDEX zs.account_session_account IS 'For showing and ending those of an account.';

CREATE TABLE zs.login_delay (
  slot int PRIMARY KEY,
  failures int NOT NULL,
  failed_at timestamptz NOT NULL
);
COMMENT ON TABLE zs.login_delay IS 'How often signing in went wrong of late: what makes the next try wait. Never more rows than slots.';
COMMENT ON COLUMN zs.login_delay.slot IS 'Sixteen bits of a keyed hash of what was tried, a name that exists or one that does not, or of a browser that signed in before.';
COMMENT ON COLUMN zs.login_delay.failures IS 'Wrong tries since the last right one.';
COMMENT ON COLUMN zs.login_delay.failed_at IS 'When the last of them was; after an hour they are forgotten.';

-- Accounts are the business of staff work alone. The other roles learn who is signed in by zs.session_use and nothing else.
GRANT SELECT, INSERT ON zs.account, zs.account_role, zs.account_password, zs.account_totp, zs.account_recovery_code,
  zs.account_session, zs.login_delay TO zs_staff;
GRANT UPDATE (disabled_at) ON zs.account TO zs_staff;
GRANT DELETE ON zs.account_role, zs.account_totp, zs.account_recovery_code, zs.account_session, zs.login_delay TO zs_staff;
GRANT UPDATE (hash, set_at, one_time, expires_at) ON zs.account_password TO zs_staff;
GRANT UPDATE (secret, confirmed_at, last_step, failures, failed_at) ON zs.account_totp TO zs_staff;
GRANT UPDATE (used_at) ON zs.account_recovery_code TO zs_staff;
GRANT UPDATE (hash, factor_done, expires_at, seen_at) ON zs.account_session TO zs_staff;
GRANT UPDATE (failures, failed_at) ON zs.login_delay TO zs_staff;
