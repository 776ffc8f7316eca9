#!/usr/bin/env bash
# Tries mutated files and cards on all that reads, judges and shows them:
# tests/fuzz.sh [SECONDS for each, 20 if not given] [TARGET].
#
# What does not hold is written to target/fuzz/, and how it is repeated is said. RETAIN_FUZZ_SEED
# repeats a run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ ! -d "tests/corpus/${2:-}" ]; then
    echo "tests/fuzz.sh: there is no target $2; there are: $(ls tests/corpus | tr '\n' ' ')" >&2
    exit 2
fi
export RETAIN_FUZZ_SECONDS=${1:-20}
status=0
# One after the other, so that each has the time that it was given; what is printed is seen at once.
cargo test --test laws "fuzz::${2:-}" -- --test-threads=1 --nocapture || status=$?
if [ "$status" -ne 0 ]; then
    echo "tests/fuzz.sh: FAILED (exit $status); the inputs are in target/fuzz/" >&2
    echo "A run that ended in the middle was at target/fuzz/<target>-running." >&2
    exit 1
fi
