#!/bin/bash
# `npm run test:bare`: `npm ci && npm test` on a machine that has only Node, npm and git, as root and as an ordinary
# user. Ends with a line `N passed, N failed`: one check for each.
set -uo pipefail
cd "$(dirname "$0")" || exit
passed=0 failed=0
for who in root user; do
  echo "== bare machine, as $who"
  if CI='' ./run.sh "$who" 'npm ci && npm test'; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
