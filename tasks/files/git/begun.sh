# begun: sets $b to the path of the note, a file with the commit that is being checked out. It exists only during a checkout.
# $@ is git with its options.
# shellcheck disable=SC2034 # the files that include this one use $b
b=$("$@" rev-parse --absolute-git-dir)/coxswain-begun
