# Do other programs read from our files what we wrote? make peers-formats. The DDI is held against its schema where a folder
# ddi-c-2.5.1 with codebook.xsd stands beside the checkout, or DDI_SCHEMA names it: it is not ours to pass on.
PEER_PARTS += peers-formats
PEER_OUT := $(BUILD)/peers-formats
DDI_SCHEMA ?= $(firstword $(wildcard ../ddi-c-2.5.1 ../*/ddi-c-2.5.1 ../*/*/ddi-c-2.5.1))

$(TEST_OUT)/write-sample: $(TEST_OUT)/obj/peers/write_sample.o $(call archives_for,formats)
	$(call link_program)

.PHONY: peers-formats
peers-formats:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/write-sample
	@mkdir -p $(PEER_OUT)
	$(TEST_OUT)/write-sample $(PEER_OUT)
	DDI_SCHEMA=$(DDI_SCHEMA) tests/peers/formats.sh $(PEER_OUT)
