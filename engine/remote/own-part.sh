# ours: whether $t is a partial file of ours and not of another user who can write into the folder: its name can be guessed.
#
# A file with other hard links or that others can open is not ours; nor is a symbolic link, for which stat shows mode 777.
# shellcheck disable=SC2154 # the files that include this one set them

ours() { [ -f "$t" ] && [ "$(stat -c '%u %a %h' -- "$t" 2>/dev/null)" = "$(id -u) 600 1" ]; }
