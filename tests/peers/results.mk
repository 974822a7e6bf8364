# Does R's survey still say what the fixtures of the analysts' view say? make peers-results
PEER_PARTS += peers-results
RESULTS_FIXTURES := tests/unit/features/results/fixtures
.PHONY: peers-results fixtures-results
peers-results:
	@mkdir -p $(BUILD)/peers-results
	cd $(BUILD)/peers-results && Rscript --vanilla $(abspath $(RESULTS_FIXTURES))/make_results.R
	cmp $(BUILD)/peers-results/people.csv $(RESULTS_FIXTURES)/people.csv
	for f in estimates differences; do \
	  perl tests/peers/same_numbers.pl 1e-11 $(BUILD)/peers-results/$$f.csv $(RESULTS_FIXTURES)/$$f.csv || exit 1; done

# Remakes them, after a change of the script.
fixtures: fixtures-results
fixtures-results:
	cd $(RESULTS_FIXTURES) && Rscript --vanilla make_results.R
