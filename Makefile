# The same commands as dev.py, for fingers that type make.
.PHONY: run test tidy lock messages bench shots

run test tidy lock messages bench shots:
	python3 dev.py $@
