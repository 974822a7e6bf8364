# Does R still count what the fixtures of the counting engine say? make peers-stats
PEER_PARTS += peers-stats
STATS_FIXTURES := tests/unit/stats/fixtures
.PHONY: peers-stats
peers-stats:
	@mkdir -p $(BUILD)/peers-stats
	cd $(BUILD)/peers-stats && Rscript --vanilla $(abspath $(STATS_FIXTURES))/make_tabulate.R
	for f in round tables wilson shares; do cmp $(BUILD)/peers-stats/$$f.csv $(STATS_FIXTURES)/$$f.csv; done
