# Prints, for each path, a line with its attributes; then an empty line, and the paths, each with a NUL after it. A path that is
# removed meanwhile is left out.
#
# $@ paths

a='%s %Y %a %u %g %U %G %F'
if o=$(stat -c "$a" -- "$@" 2>/dev/null); then printf '%s\n\n' "$o"
else
  c=$#
  for n do
    if o=$(stat -c "$a" -- "$n" 2>/dev/null); then
      printf '%s\n' "$o"
      set -- "$@" "$n"
    fi
  done
  shift "$c"
  echo
fi
for n do printf '%s\0' "$n"; done
