# Does R still say what the fixtures of the counting engine, of ranks and of agreement say? make peers-stats
PEER_PARTS += peers-stats
STATS_FIXTURES := tests/unit/stats/fixtures
STATS_MADE := round tables wilson shares orders scores points points_scores best_worst best_worst_scores kendall plackett_luce \
              ratings sets alphas kappas
.PHONY: peers-stats
peers-stats:
	@mkdir -p $(BUILD)/peers-stats
	for s in tabulate rank agreement; do \
	  (cd $(BUILD)/peers-stats && Rscript --vanilla $(abspath $(STATS_FIXTURES))/make_$$s.R $(abspath $(STATS_FIXTURES))) || exit 1; \
	done
	for f in $(STATS_MADE); do cmp $(BUILD)/peers-stats/$$f.csv $(STATS_FIXTURES)/$$f.csv || exit 1; done
