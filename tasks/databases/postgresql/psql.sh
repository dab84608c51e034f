# Runs the SQL on standard input with psql, as the user that PostgreSQL knows: root becomes that user.
#
# $1 the user of the system
# $2 the database
# $3 the port; empty for the default of psql
#
# Exit statuses: 1 or 3 for an error in the SQL, 2 without a connection, 127 without psql (psql(1)).

cd / || exit
u=$1
PGDATABASE=$2 PGCONNECT_TIMEOUT=10 PGOPTIONS='-c client_min_messages=warning'
export PGDATABASE PGCONNECT_TIMEOUT PGOPTIONS
if [ -n "$3" ]; then
  PGPORT=$3
  export PGPORT
fi
command -v psql >/dev/null || exit 127
set -- psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=terse -f -
if [ "$(id -u)" -eq 0 ]; then exec su -s /bin/sh "$u" -c "exec $*"; else exec "$@"; fi
