# Removes the note of a checkout.
#
# $@ git with its options

. ./begun.sh
rm -f -- "$b"
