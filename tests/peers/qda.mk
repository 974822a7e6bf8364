# Do R and xmllint read from our REFI-QDA what we wrote? make peers-qda. It is held against Project.xsd and Codebook.xsd where a
# folder refi with them stands beside the checkout, or QDA_SCHEMA names it: they are not ours to pass on.
PEER_PARTS += peers-qda
QDA_OUT := $(BUILD)/peers-qda
QDA_SCHEMA ?= $(firstword $(wildcard ../refi ../*/refi ../*/*/refi))

$(TEST_OUT)/write-qda: $(TEST_OUT)/obj/peers/write_qda.o $(TEST_OUT)/obj/unit/formats/qda_sample.o $(call archives_for,formats)
	$(call link_program)

.PHONY: peers-qda
peers-qda:
	@$(MAKE) --no-print-directory VARIANT=$(TEST_VARIANT) $(TEST_OUT)/write-qda
	@mkdir -p $(QDA_OUT)
	$(TEST_OUT)/write-qda $(QDA_OUT)
	QDA_SCHEMA=$(QDA_SCHEMA) tests/peers/qda.sh $(QDA_OUT)
