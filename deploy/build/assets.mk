# The style sheet and the other assets: build/assets/<name>.<hash8>.<ext> and their .gz. Their names follow from their content,
# so nothing knows them before they are built: the set that is embedded depends on the stamp and reads the folder in its recipe.
# THEME=file.css puts the custom properties of an organisation over ours (config/theme/README.md).

THEME ?=
ASSETS_DIR := $(BUILD)/assets
ASSETS_STAMP := $(ASSETS_DIR)/.stamp
ASSETS_MODULES := deploy/build/assets/node_modules/.package-lock.json
ASSETS_INPUTS := deploy/build/assets/build.mjs deploy/build/assets/classes.txt $(wildcard config/theme/*.css config/theme/*.svg src/web/scripts/*.js) $(THEME)

$(ASSETS_MODULES): deploy/build/assets/package-lock.json
	cd deploy/build/assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
# Another theme than last time is a changed input too.
$(BUILD)/assets.theme: FORCE
	@mkdir -p $(@D)
	@echo '$(THEME)' | cmp -s - $@ || echo '$(THEME)' > $@
$(ASSETS_STAMP): $(ASSETS_MODULES) $(ASSETS_INPUTS) $(BUILD)/assets.theme
	node deploy/build/assets/build.mjs $(ASSETS_DIR) $(THEME)
	@touch $@
$(BUILD)/gen/embedded_assets.S: deploy/build/embed.sh $(ASSETS_STAMP)
	@mkdir -p $(@D)
	deploy/build/embed.sh assets $$(LC_ALL=C; printf '%s\n' $(ASSETS_DIR)/* | LC_ALL=C sort) > $@.part
	@mv -f $@.part $@

.PHONY: assets
assets: $(ASSETS_STAMP)
