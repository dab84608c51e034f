# Describes paths: a line with a letter for each, then mode, ids, size and names of owner and group of files and folders, then the
# sums of files, then the targets of links.
#
# The letters are f, d, l, o for anything else, and - for a path that does not exist. Targets end with a dot, or a newline at their
# end would be lost. Paths are not printed, or one with a newline in it could be taken for anything. Sums of files with odd names
# come last, one by one: sha256sum would write their lines in another way.
#
# $1... the paths

nl='
'
t=
for f do
  if [ -L "$f" ]; then t=${t}l; elif [ -f "$f" ]; then t=${t}f; elif [ -d "$f" ]; then t=${t}d
  elif [ -e "$f" ]; then t=${t}o; else t=${t}-; fi
done
printf '%s\n' "$t"
for f do
  if [ ! -L "$f" ]; then if [ -f "$f" ] || [ -d "$f" ]; then printf '%s\0' "$f"; fi; fi
done | xargs -0 -r stat -c '%a %u %g %s %U %G' --
for f do
  if [ ! -L "$f" ] && [ -f "$f" ]; then case $f in *[\\"$nl"]*) ;; *) printf '%s\0' "$f" ;; esac; fi
done | xargs -0 -r sha256sum --
for f do
  if [ ! -L "$f" ] && [ -f "$f" ]; then case $f in *[\\"$nl"]*) sha256sum <"$f" ;; esac; fi
done
for f do if [ -L "$f" ]; then printf '%s\0' "$(readlink -- "$f"; echo .)"; fi; done
exit 0
