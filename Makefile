# The same commands as dev.py, for fingers that type make.
.PHONY: run test lock messages bench shots

run test lock messages bench shots:
	python3 dev.py $@
