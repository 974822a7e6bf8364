-- oldest-binary: 0.1.0
--
-- A key may put a corrected text in the place of one.

COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist (true tables), gesprekken (what was said, with its codes), inname (send responses), microdata (a row for each response), tafel (signals that are not public yet), transcripties (put a corrected text of a conversation in the place of one).';
