#!/bin/bash
# Shortens the output of `go build -v` on standard input: a line every 30 s in place of a line for each package. Everything
# else, such as errors, is printed as it is.
#
#   progress.sh WHAT TOTAL
set -euo pipefail
what=${1:?WHAT} total=${2:?TOTAL} compiled=0 next=30
while read -r line; do
  if [[ $line =~ ^[A-Za-z0-9_.~/-]+$ ]]; then
    compiled=$((compiled + 1))
    if [ "$SECONDS" -ge "$next" ]; then
      echo "bundle: $what: $compiled of at most $total packages compiled ($SECONDS s)"
      next=$((SECONDS + 30))
    fi
  else
    printf '%s\n' "$line"
  fi
done
