# ssh-folder: sets $d to ~/.ssh of the user $1. The home is the one that the system knows, whatever HOME is; the name of the user
# must be safe to expand.
# shellcheck disable=SC2034 # the files that include this one use $d
d=
eval "d=~$1/.ssh"
