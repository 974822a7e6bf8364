-- oldest-binary: 0.1.0
--
-- A coding that was made in another program keeps the time at which it was made there: coders who drift are seen by it.

GRANT INSERT (created_at) ON zs.coding TO zs_staff;
