# Creates an SSH key pair in the current folder.
#
# $1 the private key, as ./NAME
# $2 its comment
# $3... options of ssh-keygen for its type and bits

set -e
f=$1 c=$2
shift 2
. ./ssh-new-pair.sh
