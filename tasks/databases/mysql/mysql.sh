# Runs the SQL on standard input with the client of MariaDB or MySQL, as the acting user, and prints the rows of its queries.
#
# $1 the socket; empty for the default of the client
#
# Exit statuses: 1 for an error, 127 without a client.

for c in mariadb mysql; do
  if command -v "$c" >/dev/null; then
    exec "$c" --batch --raw --skip-column-names --no-auto-rehash --default-character-set=utf8mb4 ${1:+--socket="$1"}
  fi
done
exit 127
