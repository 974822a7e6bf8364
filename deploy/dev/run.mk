# make run: the whole product on this machine, from nothing. make stop: stops its database. deploy/dev/README.md tells more.
.PHONY: run stop
run:
	@deploy/dev/install.sh run
	@$(MAKE) --no-print-directory -s -j$(shell nproc) VARIANT=release all
	@exec deploy/dev/run.sh $(BUILD)/release/zevenstem
stop:
	@deploy/dev/cluster.sh stop

# A package for production machines, in build/.
.PHONY: deb
deb: all
	@deploy/debian/build.sh $(BINARY) $(BUILD)
