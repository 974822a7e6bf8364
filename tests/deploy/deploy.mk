# deploy/dev: what `make run` stands on, with a state folder of its own.
TEST_PARTS += deploy-tests
.PHONY: deploy-tests
deploy-tests:
	tests/deploy/cluster-tests.sh
