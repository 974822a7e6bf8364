# Does R still say what the fixtures of the counting engine, of weighting, of ranks and of agreement say? make peers-stats
PEER_PARTS += peers-stats peers-weighting
STATS_FIXTURES := tests/unit/stats/fixtures
STATS_MADE := round tables wilson shares orders scores points points_scores best_worst best_worst_scores kendall plackett_luce kendall_taus \
              ratings sets alphas kappas tercile_ranges firm_counts
.PHONY: peers-stats peers-weighting
peers-stats:
	@mkdir -p $(BUILD)/peers-stats
	for s in tabulate rank agreement convergence; do \
	  (cd $(BUILD)/peers-stats && Rscript --vanilla $(abspath $(STATS_FIXTURES))/make_$$s.R $(abspath $(STATS_FIXTURES))) || exit 1; \
	done
	for f in $(STATS_MADE); do cmp $(BUILD)/peers-stats/$$f.csv $(STATS_FIXTURES)/$$f.csv || exit 1; done

# What iterates ends in other last digits with another linear algebra library; people are the same to the byte.
peers-weighting:
	@mkdir -p $(BUILD)/peers-weighting
	cd $(BUILD)/peers-weighting && Rscript --vanilla $(abspath $(STATS_FIXTURES))/make_weighting.R
	for f in people margins; do cmp $(BUILD)/peers-weighting/$$f.csv $(STATS_FIXTURES)/$$f.csv || exit 1; done
	for f in weights weighting estimates means differences; do \
	  perl tests/peers/same_numbers.pl 1e-9 $(BUILD)/peers-weighting/$$f.csv $(STATS_FIXTURES)/$$f.csv || exit 1; done

# Remakes them, after a change of the scripts.
.PHONY: fixtures fixtures-stats
fixtures: fixtures-stats
fixtures-stats:
	cd $(STATS_FIXTURES) && for s in tabulate weighting rank agreement convergence; do Rscript --vanilla make_$$s.R . || exit 1; done
