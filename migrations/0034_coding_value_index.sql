-- oldest-binary: 0.1.0
--
-- Finding again by a value read every coding of its round. By what is in these alone a round of 300,000 codings is counted in less than
-- half of that. A coding is of one value or two, so that saving one writes to as many of them.

CREATE INDEX coding_value_0 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 1::smallint <> 0;
COMMENT ON INDEX zs.coding_value_0 IS 'For what counts of a round with value 0 (brede-welvaart), by passage and who said it.';
CREATE INDEX coding_value_1 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 2::smallint <> 0;
COMMENT ON INDEX zs.coding_value_1 IS 'For what counts of a round with value 1 (veiligheid), by passage and who said it.';
CREATE INDEX coding_value_2 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 4::smallint <> 0;
COMMENT ON INDEX zs.coding_value_2 IS 'For what counts of a round with value 2 (gezondheid), by passage and who said it.';
CREATE INDEX coding_value_3 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 8::smallint <> 0;
COMMENT ON INDEX zs.coding_value_3 IS 'For what counts of a round with value 3 (natuurlijkheid), by passage and who said it.';
CREATE INDEX coding_value_4 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 16::smallint <> 0;
COMMENT ON INDEX zs.coding_value_4 IS 'For what counts of a round with value 4 (keuzevrijheid), by passage and who said it.';
CREATE INDEX coding_value_5 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 32::smallint <> 0;
COMMENT ON INDEX zs.coding_value_5 IS 'For what counts of a round with value 5 (rechtvaardigheid), by passage and who said it.';
CREATE INDEX coding_value_6 ON zs.coding (round_id, passage_id) INCLUDE (method, conversation_id, participant_id, response_id, application)
  WHERE ended_at IS NULL AND counts AND value_bits & 64::smallint <> 0;
COMMENT ON INDEX zs.coding_value_6 IS 'For what counts of a round with value 6 (legitimiteit), by passage and who said it.';
